// The whole command in one line, with a channel of one's own in it, whose payloads are tracked. The channel: a mutex
// and a deque; with LEAVES_VALUES it forgets to
// destroy what was received.

#include <deque>
#include <memory>
#include <mutex>
#include <plumbline/main.hpp>
#include <plumbline/oracle/tracked.hpp>

namespace oracle = plumbline::oracle;

struct tracked_queue {
  static constexpr oracle::contract promises{.capacity = oracle::bound::unbounded,
                                             .disconnect = oracle::disconnection::none};
  static constexpr oracle::capacities sizes{.unbounded = true};

  tracked_queue(oracle::capacity, std::uint32_t) {}

  oracle::attempt send(std::uint32_t, std::uint64_t value) {
    const std::scoped_lock lock(mutex);
    values.emplace_back(value);
    return oracle::outcome::ok;
  }
  oracle::attempt try_recv() {
    const std::scoped_lock lock(mutex);
    if (values.empty()) {
      return oracle::outcome::empty;
    }
    auto value = std::make_unique<oracle::tracked>(std::move(values.front()));
    values.pop_front();
    const std::uint64_t number = value->value();
#ifdef LEAVES_VALUES
    (void)value.release();
#endif
    return oracle::received(number);
  }

  std::mutex mutex;
  std::deque<oracle::tracked> values;
};

PLUMBLINE_MAIN(oracle::describe<tracked_queue>("tracked-queue", "1.0"));

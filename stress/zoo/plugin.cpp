// The zoo as a plug-in: plumbline channels --plugin libplumbline_zoo.so

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <type_traits>

#include "channels.hpp"
#include "plumbline/oracle/export_plugin.hpp"
#include "plumbline/oracle/tracked.hpp"
#include "sync.hpp"

namespace {

using namespace plumbline::oracle;
using plumbline::zoo::owned;
using plumbline::zoo::status;
using zoo_sync = plumbline::zoo::thread_sync<PLUMBLINE_ZOO_NOISY>;

// Its values are tracked. The oracle cannot look into a plug-in for that, so the channel gives up with a sentence if
// one was not destroyed exactly once: for the oracle, a crash.
template <class Channel>
class zoo_channel {
  using time_point = typename Channel::time_point;
  using clock = typename time_point::clock;
  static constexpr time_point now_or_never = time_point::min();
  static constexpr time_point for_ever = time_point::max();

 public:
  static constexpr bool tells_senders = owned<Channel>::tells_senders;
  static constexpr contract promises{.order = tells_senders ? order::linearizable : order::per_sender,
                                     .capacity = owned<Channel>::is_bounded ? bound::exact : bound::unbounded,
                                     .disconnect = tells_senders ? disconnection::both : disconnection::receiver};
  static constexpr capacities sizes{.unbounded = !owned<Channel>::is_bounded,
                                    .smallest = 2,
                                    .largest = owned<Channel>::is_bounded ? capacities::any / 4 : 0};

  zoo_channel(capacity places, std::uint32_t senders) : it_(std::in_place, places, senders) {}
  ~zoo_channel() {
    if (receiver_dropped_) {
      require_all_destroyed(false);
    }
    it_.reset();
    require_all_destroyed(true);
  }
  zoo_channel(const zoo_channel&) = delete;
  zoo_channel& operator=(const zoo_channel&) = delete;

  attempt send(std::uint32_t sender, std::uint64_t value) { return put(sender, value, for_ever, outcome::full); }
  attempt try_send(std::uint32_t sender, std::uint64_t value) {
    return put(sender, value, now_or_never, outcome::full);
  }
  attempt send_for(std::uint32_t sender, std::uint64_t value, std::chrono::nanoseconds patience) {
    return put(sender, value, clock::now() + patience, outcome::timeout);
  }
  attempt recv() { return take(for_ever, outcome::empty); }
  attempt try_recv() { return take(now_or_never, outcome::empty); }
  attempt recv_for(std::chrono::nanoseconds patience) { return take(clock::now() + patience, outcome::timeout); }

  void clone(std::uint32_t, std::uint32_t new_sender) { it_->clone(new_sender); }
  void drop_sender(std::uint32_t sender) { it_->drop_sender(sender); }

 protected:
  void drop_this_receiver() {
    it_->drop_receiver();
    receiver_dropped_ = true;
  }

 private:
  attempt put(std::uint32_t sender, std::uint64_t value, time_point deadline, outcome not_now) {
    ledger::use_on_this_thread(&ledger_);
    tracked mine(value);
    const status said = (*it_)->send(sender, mine, deadline);
    ledger::use_on_this_thread(nullptr);
    return said == status::done ? attempt(outcome::ok)
                                : refused(said == status::not_now ? not_now : outcome::disconnected, mine.value());
  }
  attempt take(time_point deadline, outcome not_now) {
    std::optional<tracked> into;
    const status said = (*it_)->recv(into, deadline);
    return said == status::done ? received(into->value())
                                : attempt(said == status::not_now ? not_now : outcome::disconnected);
  }

  void require_all_destroyed(bool channel_is_gone) const {
    if (const std::string fault = ledger_.fault(channel_is_gone); !fault.empty()) {
      const std::string line = "\nplumbline zoo: LIFETIME: " + fault + "\n";
      [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
      std::abort();
    }
  }

  ledger ledger_;
  std::optional<owned<Channel>> it_;
  bool receiver_dropped_ = false;
};

template <class Channel>
class zoo_channel_both_ways : public zoo_channel<Channel> {
 public:
  using zoo_channel<Channel>::zoo_channel;
  void drop_receiver() { this->drop_this_receiver(); }
};

}  // namespace

extern "C" const plumbline_plugin* plumbline_plugin_channel(std::uint32_t index) {
  static const auto channels = plumbline::zoo::for_each_channel([](auto kind, const char* name) {
    using channel = typename decltype(kind)::template channel<tracked, zoo_sync>;
    using adapter =
        std::conditional_t<owned<channel>::tells_senders, zoo_channel_both_ways<channel>, zoo_channel<channel>>;
    return plugin_of<adapter>(name, "1");
  });
  return index < channels.size() ? &channels[index] : nullptr;
}

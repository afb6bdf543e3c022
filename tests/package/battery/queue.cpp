// A queue behind a mutex that can be told to have a fault, as a plug-in.

#include <cstdlib>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <plumbline/oracle/export_plugin.hpp>

enum class fault { none, loses_value, exits, races, overruns, overflows };
#ifndef FAULT
#define FAULT fault::none
#endif

namespace oracle = plumbline::oracle;

struct queue_adapter {
  static constexpr oracle::contract promises{.capacity = oracle::bound::unbounded,
                                             .disconnect = oracle::disconnection::none};
  static constexpr oracle::capacities sizes{.unbounded = true};

  queue_adapter(oracle::capacity, std::uint32_t) {}

  oracle::attempt send(std::uint32_t, std::uint64_t value) {
    if (FAULT == fault::races) {
      ++sent;
    }
    const std::scoped_lock lock(mutex);
    if (FAULT == fault::exits) {
      std::exit(0);
    }
    if (FAULT == fault::overruns) {
      places[at++] = static_cast<char>(value);
    }
    if (FAULT == fault::overflows) {
      ++most;
    }
    if (FAULT != fault::loses_value || !values.empty() || value % 2 == 0) {
      values.push_back(value);
    }
    return oracle::outcome::ok;
  }
  oracle::attempt try_recv() {
    const std::scoped_lock lock(mutex);
    if (values.empty()) {
      return oracle::outcome::empty;
    }
    const std::uint64_t value = values.front();
    values.pop_front();
    return oracle::received(value);
  }

  std::mutex mutex;
  std::deque<std::uint64_t> values;
  long sent = 0;
  int most = std::numeric_limits<int>::max() - 1;
  std::size_t at = 0;
  std::unique_ptr<char[]> places = std::make_unique<char[]>(2);
};

PLUMBLINE_EXPORT_CHANNELS(oracle::plugin_of<queue_adapter>("queue", "1.0"));

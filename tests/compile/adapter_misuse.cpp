// Adapters that must not compile, one a macro, and the control: the same adapter without a mistake.

#include <chrono>

#include "plumbline/oracle/export_plugin.hpp"

using namespace plumbline::oracle;

struct adapter {
#if defined(PROMISES_AND_HAS_NOT)
  static constexpr contract promises{.capacity = bound::unbounded};
#elif defined(HAS_AND_PROMISES_NOT)
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::none};
#elif defined(PROMISES_A_BOUND_THAT_IT_LACKS)
  static constexpr contract promises{.disconnect = disconnection::receiver};
#elif !defined(NO_PROMISES)
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::receiver};
#endif

#if defined(NO_CAPACITY)
  static constexpr capacities sizes{};
#elif !defined(NO_SIZES)
  static constexpr capacities sizes{.unbounded = true};
#endif

#if defined(MADE_OTHERWISE)
  adapter() = default;
#else
  adapter(capacity, std::uint32_t) {}
#endif

#if defined(SENDS_WITHOUT_A_SENDER)
  attempt send(std::uint64_t) { return outcome::ok; }
#elif defined(SENDS_AND_SAYS_NOTHING)
  void send(std::uint32_t, std::uint64_t) {}
#elif !defined(NO_SEND)
  attempt send(std::uint32_t, std::uint64_t) { return outcome::ok; }
#endif

#if defined(RECEIVES_A_VALUE)
  std::uint64_t recv() { return 7; }
#elif !defined(NO_RECV)
  attempt recv() { return received(7); }
#endif

#if defined(WAITS_FOR_MICROSECONDS)
  attempt recv_for(std::chrono::duration<int, std::micro>) { return outcome::timeout; }
#endif

  void drop_sender(std::uint32_t) {}
};

#if defined(DESCRIBED)
channel_type described() { return describe<adapter>("adapter"); }
#else
PLUMBLINE_EXPORT_CHANNELS(plugin_of<adapter>("adapter", "1.0"));
#endif

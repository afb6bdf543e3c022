#pragma once
// What the client programs run on: the reference, or a broken one. Each channel that is explored has a header of this
// name in its include path (stress/zoo/relacy has another).

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "plumbline/channel.hpp"
#include "plumbline/oracle/contract.hpp"
#include "relacy_sync.hpp"

namespace plumbline::stress::explored {

template <class T>
using sender = plumbline::sender<T, relacy_sync>;
template <class T>
using receiver = plumbline::receiver<T, relacy_sync>;

template <class T>
endpoints<T, relacy_sync> make(std::optional<std::size_t> capacity) {
  return capacity ? bounded_channel<T, relacy_sync>(*capacity) : channel<T, relacy_sync>();
}

// This channel takes no values whose move or destructor throws, and what a move waits for is of no interest: it is made
// before the mutex is taken.
template <class T>
bool throws(const sender<T>&) {
  world::fail("no program of this channel may have a value whose move throws");
}
template <class T>
std::expected<void, send_error<T>> send_stalling(const sender<T>&, T) {
  world::fail("no program of this channel has a value whose move waits");
}
template <class T>
std::expected<void, send_error<T>> send_exploding(const sender<T>&, T) {
  world::fail("no program of this channel may have a value whose destructor throws");
}

inline constexpr oracle::contract promises{};
inline constexpr std::string_view source = "core.hpp:";  // a trace names a line of it

// In the order in which the core declares them.
inline constexpr std::array<const char*, 2> condition_names = {"not_empty", "not_full"};
inline constexpr std::array<const char*, 4> data_names = {"senders", "receiver_alive", "receiver_waiting", "queue"};

}  // namespace plumbline::stress::explored

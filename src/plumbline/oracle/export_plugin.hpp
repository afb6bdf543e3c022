#pragma once
// Makes a plug-in out of adapters. In one source file of a shared library:
//
//   PLUMBLINE_EXPORT_CHANNELS(plumbline::oracle::plugin_of<my_channel>("my-channel", "1.0"))
//
// then: plumbline stress --plugin ./libmy_channel.so

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <new>
#include <string_view>

#include "plumbline/oracle/abi_outcome.hpp"
#include "plumbline/oracle/adapter.hpp"
#include "plumbline/plugin.h"

namespace plumbline::oracle {

namespace detail {

template <class Adapter>
Adapter& adapter_in(plumbline_channel* channel) noexcept {
  return *reinterpret_cast<Adapter*>(channel);
}

inline plumbline_outcome abi_received(const attempt& said, std::uint64_t* value) noexcept {
  if (said.value) {
    *value = *said.value;
  }
  return abi_outcome(said.result);
}

// The C interface carries no value back, so whether it is the one that was sent is looked at here.
inline plumbline_outcome abi_sent(const attempt& said, std::uint64_t value) noexcept {
  const bool changed = said.result != outcome::ok && said.value && *said.value != value;
  return abi_outcome(said.result) | (changed ? PLUMBLINE_VALUE_CHANGED : 0);
}

// The words, spelled here so that a plug-in needs nothing of the oracle's library.
constexpr const char* abi_word(order word) noexcept {
  return word == order::linearizable ? "linearizable" : word == order::per_sender ? "per-sender" : "unordered";
}
constexpr const char* abi_word(emptiness word) noexcept {
  return word == emptiness::honest ? "honest" : word == emptiness::head_of_line ? "head-of-line" : "weak";
}
constexpr const char* abi_word(fullness word) noexcept { return word == fullness::honest ? "honest" : "spurious"; }
constexpr const char* abi_word(bound word) noexcept {
  return word == bound::exact ? "exact" : word == bound::at_least ? "at-least" : "unbounded";
}
constexpr const char* abi_word(disconnection word) noexcept {
  return word == disconnection::both ? "both" : word == disconnection::receiver ? "receiver" : "none";
}

template <class Adapter>
plumbline_plugin table_of(const char* name, const char* version) {
  using nanoseconds = std::chrono::nanoseconds;

  plumbline_plugin table{};
  table.abi = PLUMBLINE_PLUGIN_ABI;
  table.size = sizeof(plumbline_plugin);
  table.name = name;
  table.version = version;
  table.order = abi_word(Adapter::promises.order);
  table.empty = abi_word(Adapter::promises.empty);
  table.full = abi_word(Adapter::promises.full);
  table.capacity = abi_word(Adapter::promises.capacity);
  table.disconnect = abi_word(Adapter::promises.disconnect);
  table.unbounded = Adapter::sizes.unbounded ? 1 : 0;
  table.smallest_capacity = Adapter::sizes.smallest;
  table.largest_capacity = Adapter::sizes.largest;
  table.create = [](std::uint64_t places, std::uint32_t senders) noexcept {
    const capacity wanted = places == PLUMBLINE_UNBOUNDED ? capacity() : capacity(places);
    return reinterpret_cast<plumbline_channel*>(new (std::nothrow) Adapter(wanted, senders));
  };
  table.destroy = [](plumbline_channel* channel) noexcept { delete &adapter_in<Adapter>(channel); };
  if constexpr (has_send<Adapter>) {
    table.send = [](plumbline_channel* channel, std::uint32_t sender, std::uint64_t value) noexcept {
      return abi_sent(adapter_in<Adapter>(channel).send(sender, value), value);
    };
  }
  if constexpr (has_try_send<Adapter>) {
    table.try_send = [](plumbline_channel* channel, std::uint32_t sender, std::uint64_t value) noexcept {
      return abi_sent(adapter_in<Adapter>(channel).try_send(sender, value), value);
    };
  }
  if constexpr (has_send_for<Adapter>) {
    table.send_for = [](plumbline_channel* channel, std::uint32_t sender, std::uint64_t value,
                        std::uint64_t wait) noexcept {
      return abi_sent(adapter_in<Adapter>(channel).send_for(sender, value, nanoseconds(wait)), value);
    };
  }
  if constexpr (has_recv<Adapter>) {
    table.recv = [](plumbline_channel* channel, std::uint64_t* value) noexcept {
      return abi_received(adapter_in<Adapter>(channel).recv(), value);
    };
  }
  if constexpr (has_try_recv<Adapter>) {
    table.try_recv = [](plumbline_channel* channel, std::uint64_t* value) noexcept {
      return abi_received(adapter_in<Adapter>(channel).try_recv(), value);
    };
  }
  if constexpr (has_recv_for<Adapter>) {
    table.recv_for = [](plumbline_channel* channel, std::uint64_t* value, std::uint64_t wait) noexcept {
      return abi_received(adapter_in<Adapter>(channel).recv_for(nanoseconds(wait)), value);
    };
  }
  if constexpr (has_clone<Adapter>) {
    table.clone = [](plumbline_channel* channel, std::uint32_t sender, std::uint32_t new_sender) noexcept {
      adapter_in<Adapter>(channel).clone(sender, new_sender);
    };
  }
  if constexpr (has_drop_sender<Adapter>) {
    table.drop_sender = [](plumbline_channel* channel, std::uint32_t sender) noexcept {
      adapter_in<Adapter>(channel).drop_sender(sender);
    };
  }
  if constexpr (has_drop_receiver<Adapter>) {
    table.drop_receiver = [](plumbline_channel* channel) noexcept { adapter_in<Adapter>(channel).drop_receiver(); };
  }
  return table;
}

}  // namespace detail

// The table of plumbline/plugin.h for an adapter. Its functions are noexcept: an adapter that throws ends the process.
template <class Adapter>
plumbline_plugin plugin_of(const char* name, const char* version) {
  require_channel_adapter<Adapter>();
  if constexpr (!channel_adapter<Adapter>) {
    return {};  // the sentence has been said
  } else {
    return detail::table_of<Adapter>(name, version);
  }
}

}  // namespace plumbline::oracle

// Defines the function that a plug-in exports; the arguments are plugin_of<…>(…), as many as there are channels.
#define PLUMBLINE_EXPORT_CHANNELS(...)                                               \
  extern "C" const plumbline_plugin* plumbline_plugin_channel(std::uint32_t index) { \
    static const std::array plumbline_channels = {__VA_ARGS__};                      \
    return index < plumbline_channels.size() ? &plumbline_channels[index] : nullptr; \
  }                                                                                  \
  static_assert(true)

#pragma once
// What a channel must look like to be put under the oracle: about twenty lines. docs/adapters.md shows one whole.
//
//   struct my_channel {
//     static constexpr plumbline::oracle::contract promises{};                           // what it declares
//     static constexpr plumbline::oracle::capacities sizes{.unbounded = true};           // what it can be made with
//     my_channel(plumbline::oracle::capacity places, std::uint32_t senders);             // senders 0 … senders-1 exist
//     plumbline::oracle::attempt send(std::uint32_t sender, std::uint64_t value);        // any of the nine operations
//     plumbline::oracle::attempt recv();
//   };
//
// One object is one channel; its senders are small numbers. An operation that the channel lacks is left out, and by
// that declared: the oracle does not use it, and nobody has to fake it. Calls come from many threads at once, but a
// sender is used by one thread at a time, and so is the receiver.
//
// An adapter of a channel that is a template over its payload is a template, too: template <class Payload> struct
// my_channel, with send(sender, value) sending Payload(value), and recv() giving received(payload.value()). Then the
// oracle chooses what is carried (tracked.hpp). It declares with `static constexpr payload_set payloads{…};` which
// payloads the channel accepts, if not all of payloads_that_do_not_throw; and in the same way as `only_if_asked` which
// it compiles with, but is known not to bear.

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/payload.hpp"
#include "plumbline/oracle/tracked.hpp"

namespace plumbline::oracle {

// Senders have the numbers 0 … max_senders-1 for the whole life of a channel, clones included; a number is used once.
inline constexpr std::uint32_t max_senders = 8;

// What came of one call. Return an outcome (`return outcome::full;`), the value that a receive took
// (`received(value)`), or, from a channel that gives a value back which it could not send, that value too
// (`refused(outcome::full, value)`).
struct attempt {
  outcome result;
  std::optional<std::uint64_t> value = std::nullopt;  // received, or given back

  // Not explicit: an outcome says it all for most calls.
  attempt(outcome said) noexcept : result(said) {}
  attempt(outcome said, std::uint64_t with) noexcept : result(said), value(with) {}
};
inline attempt received(std::uint64_t value) noexcept { return {outcome::ok, value}; }
inline attempt refused(outcome why, std::uint64_t given_back) noexcept { return {why, given_back}; }

// The capacities that a channel can be made with: unbounded, and/or smallest … largest (0 is rendezvous).
struct capacities {
  static constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

  bool unbounded = false;
  std::size_t smallest = 1;
  std::size_t largest = 0;  // less than smallest: no bounded one

  constexpr bool bounded() const noexcept { return smallest <= largest; }
  constexpr bool contains(capacity wanted) const noexcept {
    return wanted ? smallest <= *wanted && *wanted <= largest : unbounded;
  }
  friend bool operator==(const capacities&, const capacities&) = default;
};

// Which of the nine operations a channel has.
class operation_set {
 public:
  constexpr bool has(operation_kind kind) const noexcept { return (bits_ & bit(kind)) != 0; }
  constexpr void add(operation_kind kind) noexcept { bits_ |= bit(kind); }
  constexpr bool can_send() const noexcept {
    return has(operation_kind::send) || has(operation_kind::try_send) || has(operation_kind::send_for);
  }
  constexpr bool can_recv() const noexcept {
    return has(operation_kind::recv) || has(operation_kind::try_recv) || has(operation_kind::recv_for);
  }

 private:
  static constexpr unsigned bit(operation_kind kind) noexcept { return 1U << static_cast<unsigned>(kind); }
  unsigned bits_ = 0;
};

// One call on a channel under test.
struct request {
  operation_kind kind = operation_kind::send;
  std::uint32_t sender = 0;              // for operations of a sender
  std::uint64_t value = 0;               // to send; clone: the number of the new sender
  std::chrono::nanoseconds patience{0};  // send_for, recv_for
  std::uint32_t burst = 1;               // a send, in a program: so many of them, one after another
};

// A channel of any origin, made by a channel_type. Only operations that its type has are called.
class channel_under_test {
 public:
  channel_under_test() = default;
  channel_under_test(const channel_under_test&) = delete;
  channel_under_test& operator=(const channel_under_test&) = delete;
  virtual ~channel_under_test() = default;
  virtual attempt call(const request&) = 0;
};

// A kind of channel that can be put under the oracle: what it says of itself, and how to make one.
struct channel_type {
  std::string name;
  std::string version;
  contract promises;
  capacities sizes;
  operation_set operations;
  payload_set payloads;       // that it accepts; none if it carries numbers
  payload_set only_if_asked;  // that it can be made for, too, but does not promise to bear, or `bare`: not drawn
  std::function<std::unique_ptr<channel_under_test>(capacity, std::uint32_t senders, payload)> make;
};

// What a declaration must not be, and why: said by the compiler of an adapter, and when it is loaded of a plug-in.
#define PLUMBLINE_CONTRADICTIONS(when)                                                                      \
  when(!operations.can_send(), "it has no way to send: one of send, try_send, send_for is needed");         \
  when(!operations.can_recv(), "it has no way to receive: one of recv, try_recv, recv_for is needed");      \
  when(!sizes.unbounded && !sizes.bounded(),                                                                \
       "it can be made with no capacity at all: say unbounded, or smallest and largest");                   \
  when(promises.capacity == bound::unbounded && sizes.bounded(),                                            \
       "it promises capacity = unbounded, but can be made with a bound");                                   \
  when(promises.capacity != bound::unbounded && sizes.unbounded && !sizes.bounded(),                        \
       "it promises to keep a bound, but cannot be made with one: say capacity = unbounded");               \
  when(promises.disconnect == disconnection::both &&                                                        \
           !(operations.has(operation_kind::drop_sender) && operations.has(operation_kind::drop_receiver)), \
       "it promises disconnect = both, but lacks drop_sender or drop_receiver");                            \
  when(promises.disconnect == disconnection::receiver &&                                                    \
           (!operations.has(operation_kind::drop_sender) || operations.has(operation_kind::drop_receiver)), \
       "it promises disconnect = receiver, but lacks drop_sender, or has drop_receiver");                   \
  when(promises.disconnect == disconnection::none &&                                                        \
           (operations.has(operation_kind::drop_sender) || operations.has(operation_kind::drop_receiver)),  \
       "it promises disconnect = none, but has drop_sender or drop_receiver")

// Why a declaration contradicts itself, in a sentence; null if it does not.
constexpr const char* contradiction(const contract& promises, const capacities& sizes,
                                    const operation_set& operations) noexcept {
#define PLUMBLINE_RETURN_WHEN(condition, why) \
  if (condition) {                            \
    return why;                               \
  }                                           \
  static_assert(true)
  PLUMBLINE_CONTRADICTIONS(PLUMBLINE_RETURN_WHEN);
#undef PLUMBLINE_RETURN_WHEN
  return nullptr;
}

namespace detail {

using patience = std::chrono::nanoseconds;

// Whether Adapter has a member of that name, whatever its signature: then it must have the right one. (A name that is
// found in two bases is ambiguous, so naming it fails just if Adapter has it.)
template <class Adapter, class Name>
struct both : Adapter, Name {};
#define PLUMBLINE_OPERATION(name, ...)                                                                                \
  struct name##_name {                                                                                                \
    int name;                                                                                                         \
  };                                                                                                                  \
  template <class Adapter>                                                                                            \
  concept names_##name = !requires { &both<Adapter, name##_name>::name; };                                            \
  template <class Adapter>                                                                                            \
  concept has_##name = names_##name<Adapter> && requires(Adapter& channel, std::uint32_t sender, std::uint64_t value, \
                                                         patience wait) { __VA_ARGS__ }
PLUMBLINE_OPERATION(send, { channel.send(sender, value) } -> std::same_as<attempt>;);
PLUMBLINE_OPERATION(try_send, { channel.try_send(sender, value) } -> std::same_as<attempt>;);
PLUMBLINE_OPERATION(send_for, { channel.send_for(sender, value, wait) } -> std::same_as<attempt>;);
PLUMBLINE_OPERATION(recv, { channel.recv() } -> std::same_as<attempt>;);
PLUMBLINE_OPERATION(try_recv, { channel.try_recv() } -> std::same_as<attempt>;);
PLUMBLINE_OPERATION(recv_for, { channel.recv_for(wait) } -> std::same_as<attempt>;);
PLUMBLINE_OPERATION(clone, { channel.clone(sender, sender) } -> std::same_as<void>;);
PLUMBLINE_OPERATION(drop_sender, { channel.drop_sender(sender) } -> std::same_as<void>;);
PLUMBLINE_OPERATION(drop_receiver, { channel.drop_receiver() } -> std::same_as<void>;);
#undef PLUMBLINE_OPERATION

template <class Adapter>
constexpr operation_set operations_of() noexcept {
  operation_set found;
  const auto add = [&found](bool has, operation_kind kind) {
    if (has) {
      found.add(kind);
    }
  };
  add(has_send<Adapter>, operation_kind::send);
  add(has_try_send<Adapter>, operation_kind::try_send);
  add(has_send_for<Adapter>, operation_kind::send_for);
  add(has_recv<Adapter>, operation_kind::recv);
  add(has_try_recv<Adapter>, operation_kind::try_recv);
  add(has_recv_for<Adapter>, operation_kind::recv_for);
  add(has_clone<Adapter>, operation_kind::clone);
  add(has_drop_sender<Adapter>, operation_kind::drop_sender);
  add(has_drop_receiver<Adapter>, operation_kind::drop_receiver);
  return found;
}

template <class Adapter>
concept declares_promises = requires {
  { Adapter::promises } -> std::convertible_to<contract>;
};
template <class Adapter>
concept declares_sizes = requires {
  { Adapter::sizes } -> std::convertible_to<capacities>;
};
template <class Adapter>
concept declares_version = requires {
  { Adapter::version } -> std::convertible_to<std::string_view>;
};

// Every operation that Adapter names has the signature it must have.
template <class Adapter>
concept operations_fit =
    names_send<Adapter> == has_send<Adapter> && names_try_send<Adapter> == has_try_send<Adapter> &&
    names_send_for<Adapter> == has_send_for<Adapter> && names_recv<Adapter> == has_recv<Adapter> &&
    names_try_recv<Adapter> == has_try_recv<Adapter> && names_recv_for<Adapter> == has_recv_for<Adapter> &&
    names_clone<Adapter> == has_clone<Adapter> && names_drop_sender<Adapter> == has_drop_sender<Adapter> &&
    names_drop_receiver<Adapter> == has_drop_receiver<Adapter>;

}  // namespace detail

// A class that can be put under the oracle. Use require_channel_adapter to hear in a sentence why one cannot.
template <class Adapter>
concept channel_adapter =
    std::is_class_v<Adapter> && !std::is_final_v<Adapter> && detail::declares_promises<Adapter> &&
    detail::declares_sizes<Adapter> && std::constructible_from<Adapter, capacity, std::uint32_t> &&
    detail::operations_fit<Adapter> &&
    contradiction(Adapter::promises, Adapter::sizes, detail::operations_of<Adapter>()) == nullptr;

// The same as sentences of the compiler.
template <class Adapter>
constexpr void require_channel_adapter() noexcept {
  static_assert(std::is_class_v<Adapter> && !std::is_final_v<Adapter>,
                "plumbline: an adapter is a class, and not final");
  static_assert(
      detail::declares_promises<Adapter>,
      "plumbline: an adapter declares its contract: static constexpr plumbline::oracle::contract promises{};");
  static_assert(detail::declares_sizes<Adapter>,
                "plumbline: an adapter declares what it can be made with: "
                "static constexpr plumbline::oracle::capacities sizes{.unbounded = true};");
  static_assert(
      std::constructible_from<Adapter, capacity, std::uint32_t>,
      "plumbline: an adapter is made by: Adapter(plumbline::oracle::capacity capacity, std::uint32_t senders)");
#define PLUMBLINE_REQUIRE(name, signature)                                    \
  static_assert(detail::names_##name<Adapter> == detail::has_##name<Adapter>, \
                "plumbline: an adapter's " #name " (leave it out if the channel has none) is: " signature)
  PLUMBLINE_REQUIRE(send, "attempt send(std::uint32_t sender, std::uint64_t value)");
  PLUMBLINE_REQUIRE(try_send, "attempt try_send(std::uint32_t sender, std::uint64_t value)");
  PLUMBLINE_REQUIRE(send_for, "attempt send_for(std::uint32_t sender, std::uint64_t value, std::chrono::nanoseconds)");
  PLUMBLINE_REQUIRE(recv, "attempt recv()");
  PLUMBLINE_REQUIRE(try_recv, "attempt try_recv()");
  PLUMBLINE_REQUIRE(recv_for, "attempt recv_for(std::chrono::nanoseconds)");
  PLUMBLINE_REQUIRE(clone, "void clone(std::uint32_t sender, std::uint32_t new_sender)");
  PLUMBLINE_REQUIRE(drop_sender, "void drop_sender(std::uint32_t sender)");
  PLUMBLINE_REQUIRE(drop_receiver, "void drop_receiver()");
#undef PLUMBLINE_REQUIRE
  if constexpr (detail::declares_promises<Adapter> && detail::declares_sizes<Adapter> &&
                detail::operations_fit<Adapter>) {
    constexpr contract promises = Adapter::promises;
    constexpr capacities sizes = Adapter::sizes;
    constexpr operation_set operations = detail::operations_of<Adapter>();
#define PLUMBLINE_REFUSE_WHEN(condition, why) \
  static_assert(!(condition), "plumbline: this adapter contradicts itself: " why)
    PLUMBLINE_CONTRADICTIONS(PLUMBLINE_REFUSE_WHEN);
#undef PLUMBLINE_REFUSE_WHEN
  }
}
#undef PLUMBLINE_CONTRADICTIONS

// The object behind which an adapter stands for the oracle.
template <channel_adapter Adapter>
class adapted_channel final : public channel_under_test {
 public:
  adapted_channel(capacity places, std::uint32_t senders) : channel_(places, senders) {}

  attempt call(const request& asked) override {
    switch (asked.kind) {
      case operation_kind::send:
        if constexpr (detail::has_send<Adapter>) {
          return channel_.send(asked.sender, asked.value);
        }
        break;
      case operation_kind::try_send:
        if constexpr (detail::has_try_send<Adapter>) {
          return channel_.try_send(asked.sender, asked.value);
        }
        break;
      case operation_kind::send_for:
        if constexpr (detail::has_send_for<Adapter>) {
          return channel_.send_for(asked.sender, asked.value, asked.patience);
        }
        break;
      case operation_kind::recv:
        if constexpr (detail::has_recv<Adapter>) {
          return channel_.recv();
        }
        break;
      case operation_kind::try_recv:
        if constexpr (detail::has_try_recv<Adapter>) {
          return channel_.try_recv();
        }
        break;
      case operation_kind::recv_for:
        if constexpr (detail::has_recv_for<Adapter>) {
          return channel_.recv_for(asked.patience);
        }
        break;
      case operation_kind::clone:
        if constexpr (detail::has_clone<Adapter>) {
          channel_.clone(asked.sender, static_cast<std::uint32_t>(asked.value));
          return outcome::ok;
        }
        break;
      case operation_kind::drop_sender:
        if constexpr (detail::has_drop_sender<Adapter>) {
          channel_.drop_sender(asked.sender);
          return outcome::ok;
        }
        break;
      case operation_kind::drop_receiver:
        if constexpr (detail::has_drop_receiver<Adapter>) {
          channel_.drop_receiver();
          return outcome::ok;
        }
        break;
    }
    return outcome::pending;  // not reached: only operations that the type has are called
  }

 private:
  Adapter channel_;
};

namespace detail {

template <class Adapter>
std::unique_ptr<channel_under_test> adapted(capacity places, std::uint32_t senders) {
  return std::make_unique<adapted_channel<Adapter>>(places, senders);
}

template <class Adapter>
constexpr payload_set only_if_asked_of() noexcept {
  if constexpr (requires { Adapter::only_if_asked; }) {
    return Adapter::only_if_asked;
  }
  return {};
}

// Which payloads an adapter accepts that is a template. Who can neither clone a sender nor drop one cannot put it into
// a value.
template <class Adapter>
constexpr payload_set payloads_of() noexcept {
  payload_set accepted = payloads_that_do_not_throw;
  if constexpr (requires { Adapter::payloads; }) {
    accepted = Adapter::payloads;
  }
  return has_clone<Adapter> && has_drop_sender<Adapter> ? accepted : accepted.without(payload::reentrant);
}

}  // namespace detail

// The channel type of an adapter. `version` says which release of the channel was built in; an adapter may say it
// itself: static constexpr std::string_view version = "1.0.3"
template <class Adapter>
channel_type describe(std::string_view name, std::string_view version = "") {
  require_channel_adapter<Adapter>();
  if constexpr (channel_adapter<Adapter>) {
    if constexpr (detail::declares_version<Adapter>) {
      version = Adapter::version;
    }
    return {.name = std::string(name),
            .version = std::string(version),
            .promises = Adapter::promises,
            .sizes = Adapter::sizes,
            .operations = detail::operations_of<Adapter>(),
            .payloads = {},
            .only_if_asked = {},
            .make = [](capacity places, std::uint32_t senders, payload) {
              return detail::adapted<Adapter>(places, senders);
            }};
  } else {
    return {};  // the sentence has been said
  }
}

// The same of an adapter that is a template over its payload. What differs in what it does, not in its type, costs no
// further code: plain, slow and reentrant payloads are all `tracked`.
template <template <class> class Adapter>
channel_type describe(std::string_view name, std::string_view version = "") {
  channel_type type = describe<Adapter<tracked>>(name, version);
  if constexpr (channel_adapter<Adapter<tracked>>) {
    static constexpr payload_set accepted = detail::payloads_of<Adapter<tracked>>();
    static_assert(accepted.has(payload::plain), "plumbline: an adapter that is a template accepts the plain payload");
    static constexpr payload_set only_if_asked = detail::only_if_asked_of<Adapter<tracked>>() | payload::bare;
    static constexpr payload_set compiled = accepted | only_if_asked;
    type.payloads = accepted;
    type.only_if_asked = only_if_asked;
    type.make = [](capacity places, std::uint32_t senders, payload carried) {
      if (carried == payload::bare) {
        return detail::adapted<Adapter<bare_number>>(places, senders);
      }
      if constexpr (compiled.has(payload::large)) {
        if (carried == payload::large) {
          return detail::adapted<Adapter<large_tracked>>(places, senders);
        }
      }
      if constexpr (compiled.has(payload::aligned)) {
        if (carried == payload::aligned) {
          return detail::adapted<Adapter<aligned_tracked>>(places, senders);
        }
      }
      if constexpr (compiled.has(payload::throwing)) {
        if (carried == payload::throwing) {
          return detail::adapted<Adapter<throwing_tracked>>(places, senders);
        }
      }
      return detail::adapted<Adapter<tracked>>(places, senders);
    };
  }
  return type;
}

// For people: "unbounded, 0, 1, 2, …"; "send try_send recv".
std::string to_string(const capacities&);
std::string to_string(capacity);
std::string to_string(const operation_set&);

}  // namespace plumbline::oracle

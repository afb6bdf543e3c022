#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

// The channel when operations take effect one after another: a second reading of spec/Channel.tla, which shares no code
// with the reference channel and does not look at time. What an operation may do depends on the state alone, except
// where a contract is weak because something else was going on: whether `empty` is licensed by a send in progress
// (head-of-line, weak) is a question about overlap, so it is decided by the search, which then takes EMPTY-HONEST and
// TIMEOUT-CLEAN out of the terms for that one step.
namespace plumbline::oracle {

// A set of rules.
class rule_set {
 public:
  static constexpr rule_set all() { return rule_set(~std::uint32_t{0}); }

  constexpr bool has(rule r) const { return (bits_ & bit(r)) != 0; }
  // The set without `r` and without what implies it: whoever keeps FIFO keeps SENDER-ORDER.
  constexpr rule_set without(rule r) const {
    return rule_set(bits_ & ~bit(r) & ~(r == rule::sender_order ? bit(rule::fifo) : 0));
  }

  friend constexpr bool operator==(rule_set, rule_set) = default;

 private:
  constexpr explicit rule_set(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(rule r) { return std::uint32_t{1} << static_cast<unsigned>(r); }

  std::uint32_t bits_;
};

// What the model holds a channel to: the contract it declares, the capacity it was made with, and the rules in force.
// A rule that is not in force is one that the channel may break; that is how the rule a history breaks is found.
struct terms {
  contract promised;
  oracle::capacity capacity;
  rule_set in_force = rule_set::all();

  friend bool operator==(const terms&, const terms&) = default;
};

// The order that the terms leave: the contract's, unless FIFO or SENDER-ORDER is not in force.
order order_of(const terms&) noexcept;
// The most values the channel may buffer; none: any number. Where the bound is `at least`, none.
std::optional<std::size_t> most(const terms&) noexcept;
// How many values have to be buffered before a send may find no room; none: it always finds room.
std::optional<std::size_t> room(const terms&) noexcept;
// Whether a value may change hands only without being buffered: capacity 0, exactly.
bool is_rendezvous(const terms&) noexcept;

struct buffered {
  std::uint64_t value = 0;
  std::uint32_t handle = 0;  // the sender's

  friend bool operator==(const buffered&, const buffered&) = default;
};

struct channel_state {
  // Oldest first. As far as the order is not promised it is not kept either, so that states are equal when they promise
  // the same: per-sender order, sorted by handle; unordered, sorted by value.
  std::vector<buffered> buffer;
  std::vector<std::uint32_t> senders;  // the handles that are alive, in ascending order
  bool receiver_alive = true;

  friend bool operator==(const channel_state&, const channel_state&) = default;
};

// A new channel: nothing buffered, handles 0 … senders-1.
channel_state initial_state(std::uint32_t senders);

// The values that a receive may return next, as indices into the buffer: the front one; the front one of each sender;
// all of them. `n` counts them from 0; none if there are not so many.
std::optional<std::size_t> next_to_receive(const terms&, const channel_state&, std::size_t n) noexcept;

// Lets the operation take effect with the outcome that it has. An operation that is pending takes effect as if it had
// succeeded. Returns the states that may follow: none if the operation cannot have that outcome now. There is more than
// one only when a pending receive may take one of several values, or when NO-LOSS is not in force (a value that was
// sent may be gone).
std::vector<channel_state> step(const terms&, const channel_state&, const operation&);

// Capacity 0: a send and a receive take effect together. They have the same value, or one of the two is pending. One
// of the two has to be an operation that waits: try_send and try_recv do not meet.
std::vector<channel_state> step(const terms&, const channel_state&, const operation& send, const operation& recv);

// The same without a copy, for the search: makes `state` the choice-th of the states that may follow. False, and
// `state` as it was, if there are not so many.
bool apply(const terms&, channel_state& state, const operation&, std::size_t choice = 0);
bool can_meet(const terms&, const channel_state&, const operation& send, const operation& recv) noexcept;

// Whether an operation that is still pending when nothing moves any more should have returned: WAKE-RECV, WAKE-SEND.
// `peer_waits`: a blocked operation of the other side is there, which it would meet (capacity 0).
bool should_have_returned(const terms&, const channel_state&, const operation& pending, bool peer_waits) noexcept;

}  // namespace plumbline::oracle

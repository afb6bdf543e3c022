#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/oracle/contract.hpp"

namespace plumbline::oracle {

// The operations of the contract, by the names that history files use.
enum class operation_kind : std::uint8_t {
  send,
  try_send,
  send_for,
  recv,
  try_recv,
  recv_for,
  clone,
  drop_sender,
  drop_receiver,
};

// How an operation ended. `pending`: it had not when the recording stopped; it may or may not have taken effect.
enum class outcome : std::uint8_t { pending, ok, full, empty, timeout, disconnected };

// One operation, from a moment before it was called to a moment after it returned. Between them it took effect at one
// instant. Two operations overlap unless one's end is less than the other's begin: equal stamps overlap.
struct operation {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  std::uint32_t thread = 0;  // who called; the operations of one thread do not overlap
  std::uint32_t handle = 0;  // which sender was used; the receiver is one handle, and has no number
  operation_kind kind = operation_kind::send;
  outcome result = outcome::pending;
  std::uint64_t value = 0;  // sent; received (if ok); clone: the new sender's handle
  std::uint64_t begin = 0;
  std::uint64_t end = never;  // never: pending

  friend bool operator==(const operation&, const operation&) = default;
};

// What was seen of one channel, from its making on.
struct history {
  contract promised;                  // what the channel declares
  oracle::capacity capacity;          // what it was made with
  std::uint32_t senders = 1;          // handles 0 … senders-1 exist at the start
  bool quiescent = false;             // nothing moved any more when the recording stopped: what is pending is stuck
  std::vector<operation> operations;  // in the order of their begins

  friend bool operator==(const history&, const history&) = default;
};

// send, try_send, send_for
constexpr bool is_send(operation_kind kind) noexcept { return kind <= operation_kind::send_for; }
// recv, try_recv, recv_for
constexpr bool is_recv(operation_kind kind) noexcept {
  return operation_kind::recv <= kind && kind <= operation_kind::recv_for;
}
// The receives and drop_receiver.
constexpr bool is_receiver_operation(operation_kind kind) noexcept {
  return is_recv(kind) || kind == operation_kind::drop_receiver;
}

// Whether an operation of that kind may end so: `full` is an outcome of try_send, and of nothing else.
bool can_end_with(operation_kind, outcome) noexcept;

std::string_view to_string(operation_kind) noexcept;
std::string_view to_string(outcome) noexcept;

// The begin or the end of an operation, which is given by its index.
struct event {
  std::size_t operation;
  bool is_end;
};

// The begins and the ends in the order of time. At equal times the ends of what began before come first, and an
// operation that takes no time ends right after it began; so operations of one thread never seem to overlap.
std::vector<event> events_of(const history&);

// What is wrong with the record itself (not with the channel), in one sentence that names the operation; empty if
// nothing is. A well-formed history has: begins in order, and no end before its begin; operations of one thread, and of
// the receiver, one after another, only the last of which may be pending; values that are sent once; handles that exist
// when they are used, and are not used after their drop has begun; an outcome that the operation can have.
std::string malformed(const history&);

}  // namespace plumbline::oracle

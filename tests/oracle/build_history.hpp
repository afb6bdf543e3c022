#pragma once
// Small histories, written down: history_of({.capacity = 1}, {send(7, 1, 4), try_recv(outcome::empty, 2, 3)}).

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle::test {

inline constexpr std::uint64_t open = operation::never;  // as an end: still pending
inline constexpr std::uint32_t receiver_thread = 1000;

inline operation on_sender(operation_kind kind, std::uint64_t value, outcome result, std::uint64_t begin,
                           std::uint64_t end, std::uint32_t handle = 0) {
  return {.thread = 0,
          .handle = handle,
          .kind = kind,
          .result = end == open ? outcome::pending : result,
          .value = value,
          .begin = begin,
          .end = end};
}
inline operation on_receiver(operation_kind kind, std::uint64_t value, outcome result, std::uint64_t begin,
                             std::uint64_t end) {
  operation o = on_sender(kind, value, result, begin, end);
  o.thread = receiver_thread;
  return o;
}

inline operation send(std::uint64_t value, std::uint64_t begin, std::uint64_t end, std::uint32_t handle = 0) {
  return on_sender(operation_kind::send, value, outcome::ok, begin, end, handle);
}
inline operation send(std::uint64_t value, outcome result, std::uint64_t begin, std::uint64_t end) {
  return on_sender(operation_kind::send, value, result, begin, end);
}
inline operation try_send(std::uint64_t value, outcome result, std::uint64_t begin, std::uint64_t end) {
  return on_sender(operation_kind::try_send, value, result, begin, end);
}
inline operation send_for(std::uint64_t value, outcome result, std::uint64_t begin, std::uint64_t end) {
  return on_sender(operation_kind::send_for, value, result, begin, end);
}
inline operation recv(std::uint64_t value, std::uint64_t begin, std::uint64_t end) {
  return on_receiver(operation_kind::recv, value, outcome::ok, begin, end);
}
inline operation recv(outcome result, std::uint64_t begin, std::uint64_t end) {
  return on_receiver(operation_kind::recv, 0, result, begin, end);
}
inline operation try_recv(std::uint64_t value, std::uint64_t begin, std::uint64_t end) {
  return on_receiver(operation_kind::try_recv, value, outcome::ok, begin, end);
}
inline operation try_recv(outcome result, std::uint64_t begin, std::uint64_t end) {
  return on_receiver(operation_kind::try_recv, 0, result, begin, end);
}
inline operation recv_for(outcome result, std::uint64_t begin, std::uint64_t end) {
  return on_receiver(operation_kind::recv_for, 0, result, begin, end);
}
inline operation clone(std::uint32_t made, std::uint64_t begin, std::uint64_t end, std::uint32_t handle = 0) {
  return on_sender(operation_kind::clone, made, outcome::ok, begin, end, handle);
}
inline operation drop_sender(std::uint32_t handle, std::uint64_t begin, std::uint64_t end) {
  return on_sender(operation_kind::drop_sender, 0, outcome::ok, begin, end, handle);
}
inline operation drop_receiver(std::uint64_t begin, std::uint64_t end) {
  return on_receiver(operation_kind::drop_receiver, 0, outcome::ok, begin, end);
}

struct made_with {
  contract promised = {};
  oracle::capacity capacity = {};
  std::uint32_t senders = 1;
  bool quiescent = false;
};

// Sorted by their begins; where those are equal, as they were.
inline std::vector<operation> in_order_of_begins(const std::vector<operation>& operations) {
  std::multimap<std::uint64_t, operation> sorted;
  for (const operation& o : operations) {
    sorted.emplace(o.begin, o);
  }
  std::vector<operation> all;
  for (const auto& [begin, o] : sorted) {
    all.push_back(o);
  }
  return all;
}

// The operations in the order of their begins. A sender has a thread of its own, and more of them if its operations
// overlap.
inline history history_of(const made_with& channel, std::vector<operation> operations) {
  operations = in_order_of_begins(operations);
  std::map<std::uint32_t, std::uint64_t> free_at;  // threads, the n-th of a sender with number 100 n + sender
  for (operation& o : operations) {
    if (!is_receiver_operation(o.kind)) {
      o.thread = o.handle;
      while (free_at.contains(o.thread) && free_at[o.thread] >= o.begin) {
        o.thread += 100;
      }
      free_at[o.thread] = o.end;
    }
  }
  return {.promised = channel.promised,
          .capacity = channel.capacity,
          .senders = channel.senders,
          .quiescent = channel.quiescent,
          .operations = std::move(operations)};
}

}  // namespace plumbline::oracle::test

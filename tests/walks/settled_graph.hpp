#pragma once
// The settled graph of spec/ChannelTest.tla and the walks that cover it, as spec/settled/generate writes them.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::test {

using thread_number = std::uint32_t;  // of a sender, from 0; the receiver's is the number of senders

// What the driver does: it begins an operation of a thread, or lets the deadline pass of the one that the thread is in.
struct driver_step {
  thread_number thread = 0;
  std::optional<oracle::operation_kind> begins;  // none: the deadline passes
  std::uint64_t value = 0;                       // the message sent; for a clone the sender it makes

  friend bool operator==(const driver_step&, const driver_step&) = default;
};

// What the driver sees: an operation of that thread has ended.
struct returned {
  thread_number thread = 0;
  oracle::outcome result = oracle::outcome::ok;
  std::uint64_t value = 0;  // the message received

  friend auto operator<=>(const returned&, const returned&) = default;
};
using all_returned = std::vector<returned>;  // in ascending order of the threads

// Nothing happens any more without the driver.
struct settled_state {
  std::vector<bool> senders;  // which of them are alive
  bool receiver_alive = true;
  std::vector<std::uint64_t> queue;  // the messages buffered, oldest first
  std::vector<driver_step> pending;  // the operations that wait
};

struct edge {
  std::size_t from = 0;
  driver_step step;
  all_returned seen;
  std::size_t to = 0;
};

struct settled_graph {
  std::string name;
  oracle::capacity capacity;
  thread_number senders = 0;  // that may ever exist
  std::vector<settled_state> states;
  std::vector<edge> edges;
  std::vector<std::vector<std::size_t>> walks;  // edges, each beginning where the one before it ends
};

// Throws std::runtime_error with one line: what is wrong with the file.
settled_graph read_settled_graph(const std::string& path);

// "sender 2", "receiver"; "send(11)", "deadline passes"; "receiver: 11, sender 1: ok"; "queue <11>, receiver in
// recv()".
std::string to_string(const settled_graph&, thread_number);
std::string to_string(const settled_graph&, const driver_step&);
std::string to_string(const settled_graph&, const all_returned&);
std::string to_string(const settled_graph&, const settled_state&);

}  // namespace plumbline::test

#pragma once
// One execution of a client program: the values that it sends, what each of its words does, and what was seen.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "explored.hpp"
#include "plumbline/error.hpp"
#include "plumbline/oracle/history.hpp"
#include "relacy_sync.hpp"
#include "world.hpp"

namespace plumbline::stress {

using oracle::operation;
using oracle::operation_kind;
using oracle::outcome;

constexpr std::size_t most_threads = 4;
constexpr std::chrono::nanoseconds patience = std::chrono::seconds(1);
constexpr auto longest = std::chrono::nanoseconds::max();

// Which values exist, by number: a sender's number times ten, plus one for its first value, and so on.
constexpr std::size_t most_values = 10 * most_threads;
inline std::array<int, most_values> alive;

// What is sent: a value that can be moved only, knows when it is gone, and minds where it is touched. LIFETIME says
// that values are destroyed outside the critical section; the core says that it runs no code of T in there at all.
class message {
 public:
  explicit message(std::size_t value) : value_(value) { ++alive[value_]; }
  message(message&& other) noexcept : value_(std::exchange(other.value_, 0)) { check_outside_mutex(); }
  message& operator=(message&& other) noexcept {
    check_outside_mutex();
    if (value_ != 0) {
      --alive[value_];
    }
    value_ = std::exchange(other.value_, 0);
    return *this;
  }
  message(const message&) = delete;
  message& operator=(const message&) = delete;
  ~message() {
    check_outside_mutex();
    if (value_ != 0) {
      --alive[value_];
    }
  }

  std::size_t value() const { return value_; }  // 0: moved from

 private:
  static void check_outside_mutex() {
    if (world::holds_mutex()) {
      world::fail("LIFETIME is broken: a value is moved or destroyed while the mutex is held");
    }
  }

  std::size_t value_;
};

using sender_end = explored::sender<message>;
using receiver_end = explored::receiver<message>;

struct numbered_sender {
  sender_end end;
  std::uint32_t handle;
};

enum class step : std::uint8_t {
  send,
  try_send,
  send_for,
  send_throwing,
  send_stalling,
  send_exploding,
  clone,
  recv,
  try_recv,
  recv_for,
  recv_for_ever,
  recv_all,
  iterate,
  size,
  drop
};

inline step parse_step(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, step>, 15> words = {{{"send", step::send},
                                                                        {"try_send", step::try_send},
                                                                        {"send_for", step::send_for},
                                                                        {"send_throwing", step::send_throwing},
                                                                        {"send_stalling", step::send_stalling},
                                                                        {"send_exploding", step::send_exploding},
                                                                        {"clone", step::clone},
                                                                        {"recv", step::recv},
                                                                        {"try_recv", step::try_recv},
                                                                        {"recv_for", step::recv_for},
                                                                        {"recv_for_ever", step::recv_for_ever},
                                                                        {"recv_all", step::recv_all},
                                                                        {"iterate", step::iterate},
                                                                        {"size", step::size},
                                                                        {"drop", step::drop}}};
  const auto found = std::ranges::find(words, word, &std::pair<std::string_view, step>::first);
  if (found == words.end()) {
    std::fprintf(stderr, "stress/relacy/scenarios: no such operation: %.*s\n", static_cast<int>(word.size()),
                 word.data());
    std::abort();
  }
  return found->second;
}

inline std::vector<step> parse_program(std::string_view words) {
  std::vector<step> steps;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    steps.push_back(parse_step(words.substr(0, end)));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return steps;
}

inline outcome outcome_of(send_failure) { return outcome::disconnected; }
inline outcome outcome_of(try_send_failure why) {
  return why == try_send_failure::full ? outcome::full : outcome::disconnected;
}
inline outcome outcome_of(send_timeout_failure why) {
  return why == send_timeout_failure::timeout ? outcome::timeout : outcome::disconnected;
}
inline outcome outcome_of(recv_error) { return outcome::disconnected; }
inline outcome outcome_of(try_recv_error why) {
  return why == try_recv_error::empty ? outcome::empty : outcome::disconnected;
}
inline outcome outcome_of(recv_timeout_error why) {
  return why == recv_timeout_error::timeout ? outcome::timeout : outcome::disconnected;
}

// One execution: the channel, and what was seen of it. Lives in the world's memory, and simply stays there when the
// execution fails.
class execution {
 public:
  execution(std::optional<std::size_t> capacity, std::size_t senders)
      : execution(explored::make<message>(capacity), senders) {}

  void run(step what, std::size_t thread) {
    switch (what) {
      case step::send:
        return send(operation_kind::send, thread,
                    [](const sender_end& tx, message m) { return tx.send(std::move(m)); });
      case step::try_send:
        return send(operation_kind::try_send, thread,
                    [](const sender_end& tx, message m) { return tx.try_send(std::move(m)); });
      case step::send_for:
        return send(operation_kind::send_for, thread,
                    [](const sender_end& tx, message m) { return tx.send_for(std::move(m), patience); });
      case step::send_throwing:
        return send_throwing(thread);
      case step::send_stalling:
        return send(operation_kind::send, thread,
                    [](const sender_end& tx, message m) { return explored::send_stalling(tx, std::move(m)); });
      case step::send_exploding:
        return send(operation_kind::send, thread,
                    [](const sender_end& tx, message m) { return explored::send_exploding(tx, std::move(m)); });
      case step::recv:
        recv(operation_kind::recv, [](receiver_end& rx) { return rx.recv(); });
        return;
      case step::try_recv:
        recv(operation_kind::try_recv, [](receiver_end& rx) { return rx.try_recv(); });
        return;
      case step::recv_for:
        recv(operation_kind::recv_for, [](receiver_end& rx) { return rx.recv_for(patience); });
        return;
      case step::recv_for_ever:
        recv(operation_kind::recv_for, [](receiver_end& rx) { return rx.recv_for(longest); }, longest);
        return;
      case step::iterate:
        return iterate(receiver_);
      case step::recv_all:
        while (recv(operation_kind::recv, [](receiver_end& rx) { return rx.recv(); }) == outcome::ok) {
        }
        return;
      case step::clone:
        return clone(thread);
      case step::size:
        return observe(thread);
      case step::drop:
        return thread == 0 ? drop_receiver() : drop_sender(thread);
    }
  }

  // Drops what is left; every value must be gone then.
  void finish() {
    for (auto& handles : senders_) {
      handles.clear();
    }
    receiver_.drop();
    for (const int count : alive) {
      if (count != 0) {
        world::fail("LIFETIME is broken: both ends are gone, and a value is not");
      }
    }
  }

  const std::vector<operation>& seen_by(std::size_t thread) const { return seen_[thread]; }

 private:
  template <class Ends>
  execution(Ends ends, std::size_t senders) : receiver_(std::move(ends.rx)) {
    alive.fill(0);
    for (std::size_t thread = 1; thread < senders; ++thread) {
      senders_[thread].push_back({ends.tx.clone(), next_handle_++});
    }
    senders_[senders].push_back({std::move(ends.tx), next_handle_++});
  }

  operation& begin(operation_kind kind, std::size_t thread, std::uint32_t handle = 0) {
    if (world::tracing()) {
      world::note("begins " + std::string(to_string(kind)));
    }
    operation& op = seen_[thread].emplace_back();
    op.thread = static_cast<std::uint32_t>(thread);
    op.handle = handle;
    op.kind = kind;
    op.begin = ++stamp_;
    return op;
  }

  void end(operation& op, outcome result) {
    op.result = result;
    op.end = ++stamp_;
    if (world::tracing()) {
      world::note(
          "ends " + std::string(to_string(op.kind)) + ": " +
          (result == outcome::ok && is_recv(op.kind) ? std::to_string(op.value) : std::string(to_string(result))));
    }
  }

  static void check_not_early(outcome result, world::instant began, std::chrono::nanoseconds patient_for) {
    if (result == outcome::timeout && world::time() - began < patient_for) {
      world::fail("TIMEOUT-CLEAN is broken: a timeout is reported before its deadline");
    }
  }

  template <class Send>
  void send(operation_kind kind, std::size_t thread, Send how) {
    const numbered_sender& tx = senders_[thread].back();
    operation& op = begin(kind, thread, tx.handle);
    op.value = 10 * thread + ++sent_[thread];
    const world::instant began = world::time();
    const auto sent = how(tx.end, message(op.value));
    if (sent) {
      return end(op, outcome::ok);
    }
    const outcome result = outcome_of(sent.error().reason);
    check_not_early(result, began, patience);
    if (sent.error().value.value() != op.value) {
      world::fail("SEND-DISCONNECTED is broken: a send failed, and did not give its value back");
    }
    end(op, result);
  }

  // A value whose move throws: nothing was sent, so it is no operation of the history.
  void send_throwing(std::size_t thread) {
    world::note("begins a send of a value whose move throws");
    if (!explored::throws(senders_[thread].back().end)) {
      world::fail("INTEGRITY is broken: the exception of a value's move was swallowed");
    }
  }

  template <class Receive>
  outcome recv(operation_kind kind, Receive how, std::chrono::nanoseconds patient_for = patience) {
    operation& op = begin(kind, 0);
    const world::instant began = world::time();
    const auto received = how(receiver_);
    if (!received) {
      const outcome result = outcome_of(received.error());
      check_not_early(result, began, patient_for);
      end(op, result);
      return result;
    }
    op.value = received->value();
    if (op.value == 0) {
      world::fail("INTEGRITY is broken: what is received is an empty shell, its value was moved away");
    }
    end(op, outcome::ok);
    return outcome::ok;
  }

  // for (auto&& received : rx), each step an operation.
  template <class Receiver>
  void iterate(Receiver& rx) {
    if constexpr (requires { rx.begin(); }) {
      begin(operation_kind::recv, 0);
      for (auto at = rx.begin(); at != rx.end(); ++at) {
        seen_[0].back().value = (*at).value();
        end(seen_[0].back(), outcome::ok);
        begin(operation_kind::recv, 0);
      }
      end(seen_[0].back(), outcome::disconnected);
    } else {
      world::fail("no program of a channel without iterators iterates");
    }
  }

  void clone(std::size_t thread) {
    auto& handles = senders_[thread];
    operation& op = begin(operation_kind::clone, thread, handles.back().handle);
    op.value = next_handle_++;
    handles.push_back({handles.back().end.clone(), static_cast<std::uint32_t>(op.value)});
    end(op, outcome::ok);
  }

  void drop_sender(std::size_t thread) {
    auto& handles = senders_[thread];
    operation& op = begin(operation_kind::drop_sender, thread, handles.back().handle);
    handles.back().end.drop();
    handles.pop_back();
    end(op, outcome::ok);
  }

  void drop_receiver() {
    operation& op = begin(operation_kind::drop_receiver, 0);
    receiver_.drop();
    end(op, outcome::ok);
    // A value whose send succeeded was buffered, or has been received; either way nobody has it now.
    for (std::size_t thread = 1; thread < most_threads; ++thread) {
      for (const operation& sent : seen_[thread]) {
        if (is_send(sent.kind) && sent.result == outcome::ok && alive[sent.value] != 0) {
          world::fail("LIFETIME is broken: the receiver is gone, and what was buffered is not destroyed");
        }
      }
    }
  }

  // No operation of a history: what it says may be stale at once. But there must have been so many values at an instant
  // of the call, for all that is known of who sent and received what before it and during it.
  void observe(std::size_t thread) {
    world::note("begins size");
    const std::size_t sent_before = count(oracle::is_send, true);
    const std::size_t received_before = count(oracle::is_recv, true);
    const std::size_t size = thread == 0 ? receiver_.size() : senders_[thread].back().end.size();
    const auto capacity = thread == 0 ? receiver_.capacity() : senders_[thread].back().end.capacity();
    if (world::tracing()) {
      world::note("ends size: " + std::to_string(size));
    }
    if (capacity && size > *capacity) {
      world::fail("CAPACITY is broken: size() is greater than the capacity");
    }
    if (size + received_before > count(oracle::is_send, false)) {
      world::fail("CAPACITY is broken: size() is greater than the number of values that can have been there");
    }
    const bool receiver_is_there =
        std::ranges::none_of(seen_[0], [](const operation& op) { return op.kind == operation_kind::drop_receiver; });
    if (receiver_is_there && size + count(oracle::is_recv, false) < sent_before) {
      world::fail("CAPACITY is broken: size() is smaller than the number of values that must have been there");
    }
  }

  // How many operations of one side have had an effect; or, those that still run included, may have had one.
  std::size_t count(bool (*of_side)(operation_kind), bool ended) const {
    std::size_t found = 0;
    for (const auto& seen : seen_) {
      found += static_cast<std::size_t>(std::ranges::count_if(seen, [&](const operation& op) {
        return of_side(op.kind) && (op.result == outcome::ok || (!ended && op.result == outcome::pending));
      }));
    }
    return found;
  }

  receiver_end receiver_;
  std::array<std::vector<numbered_sender>, most_threads> senders_;
  std::array<std::vector<operation>, most_threads> seen_;
  std::array<std::size_t, most_threads> sent_{};
  std::uint32_t next_handle_ = 0;
  std::uint64_t stamp_ = 0;
};

}  // namespace plumbline::stress

#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/ring.hpp"

// Histories of any length for the benchmarks: a channel and its users, simulated, one step of one thread at a time.
namespace plumbline::bench {

struct shape {
  std::uint32_t senders = 8;
  oracle::capacity capacity;       // of the channel
  std::uint64_t most_inside = 64;  // of an unbounded channel: senders wait before they send more than that
  unsigned try_percent = 20;       // how many sends and receives are try_send, try_recv
  bool plain = false;              // only sends and receives that succeed, and no drops: what other checkers take
};

// Tells `told.begin(o)` and `told.end(o)`, in the order of time, each with a stamp of its own, of a history of about
// `operations` operations: one that keeps the strongest contract, for the operations take effect in the simulation
// where they might in a channel, on a queue. The same for the same seed.
template <class Told>
class simulation {
 public:
  simulation(const shape& s, std::uint64_t operations, std::uint64_t seed, Told& told)
      : shape_(s), told_(told), random_(seed), left_(operations / 2), not_received_(left_), users_(s.senders + 1) {
    for (std::uint32_t i = 0; i <= s.senders; ++i) {
      users_[i].now = {.thread = i, .handle = i};
      active_.push_back(i);
    }
    live_senders_ = s.senders;
  }

  void run() {
    while (!active_.empty()) {
      // The receiver is as busy as all senders together.
      const std::uint64_t drawn = random_();
      const bool receiver = (drawn & 1) != 0 && active_.back() == shape_.senders;
      step(receiver ? active_.size() - 1 : static_cast<std::size_t>((drawn >> 32) % active_.size()));
    }
  }

 private:
  using kind = oracle::operation_kind;
  using outcome = oracle::outcome;

  enum class stage : std::uint8_t { idle, begun, done };

  struct user {
    oracle::operation now;
    stage at = stage::idle;
  };

  void step(std::size_t place) {
    user& u = users_[active_[place]];
    switch (u.at) {
      case stage::idle:
        if (u.now.thread == shape_.senders && !(shape_.plain && not_received_ == 0)) {
          begin(u, trying() ? kind::try_recv : kind::recv, 0);
        } else if (u.now.thread != shape_.senders && left_ > 0) {
          if (shape_.capacity || inside_.size() < shape_.most_inside) {
            --left_;
            begin(u, trying() ? kind::try_send : kind::send, next_value_++);
          }
        } else if (shape_.plain) {
          leave(place);
        } else {
          begin(u, kind::drop_sender, 0);
        }
        break;
      case stage::begun:
        take_effect(u);
        break;
      case stage::done:
        u.now.end = ++clock_;
        told_.end(u.now);
        u.at = stage::idle;
        if (u.now.kind == kind::drop_sender || u.now.result == outcome::disconnected) {
          leave(place);
        }
        break;
    }
  }

  void leave(std::size_t place) { active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(place)); }
  bool trying() { return !shape_.plain && random_() % 100 < shape_.try_percent; }

  void begin(user& u, kind what, std::uint64_t value) {
    u.now.kind = what;
    u.now.value = value;
    u.now.begin = ++clock_;
    u.now.end = oracle::operation::never;
    u.now.result = outcome::pending;
    u.at = stage::begun;
    told_.begin(u.now);
  }

  void ends_with(user& u, outcome result) {
    u.now.result = result;
    u.at = stage::done;
  }

  void take_effect(user& u) {
    switch (u.now.kind) {
      case kind::send:
      case kind::try_send:
        if (shape_.capacity == 0U) {
          // Two that only try do not meet.
          if (user& receiver = users_.back();
              receiver.at == stage::begun && (u.now.kind == kind::send || receiver.now.kind == kind::recv)) {
            meet(u, receiver);
          } else if (u.now.kind == kind::try_send) {
            ends_with(u, outcome::full);
          }
        } else if (!shape_.capacity || inside_.size() < *shape_.capacity) {
          inside_.push_back(u.now.value);
          ends_with(u, outcome::ok);
        } else if (u.now.kind == kind::try_send) {
          ends_with(u, outcome::full);
        }
        break;
      case kind::drop_sender:
        --live_senders_;
        ends_with(u, outcome::ok);
        break;
      default:
        if (!inside_.empty()) {
          u.now.value = inside_.front();
          inside_.pop_front();
          --not_received_;
          ends_with(u, outcome::ok);
        } else if (live_senders_ == 0) {
          ends_with(u, outcome::disconnected);
        } else if (u.now.kind == kind::try_recv) {
          ends_with(u, outcome::empty);
        }
    }
  }

  void meet(user& sender, user& receiver) {
    --not_received_;
    receiver.now.value = sender.now.value;
    sender.now.result = receiver.now.result = outcome::ok;
    sender.at = receiver.at = stage::done;
  }

  shape shape_;
  Told& told_;
  std::mt19937_64 random_;
  std::uint64_t left_;          // sends that are still to begin
  std::uint64_t not_received_;  // values, if all sends succeed
  std::vector<user> users_;
  std::vector<std::uint32_t> active_;
  std::uint32_t live_senders_;
  oracle::ring<std::uint64_t> inside_;
  std::uint64_t next_value_ = 1;
  std::uint64_t clock_ = 0;
};

// Keeps the whole history that it is told.
class listing {
 public:
  listing(const shape& s, std::uint64_t operations) : open_(s.senders + 1) {
    made_.capacity = s.capacity;
    made_.senders = s.senders;
    made_.promised.capacity = s.capacity ? oracle::bound::exact : oracle::bound::unbounded;
    made_.operations.reserve(operations + operations / 4);
  }

  void begin(const oracle::operation& o) {
    open_[o.thread] = made_.operations.size();
    made_.operations.push_back(o);
  }
  void end(const oracle::operation& o) { made_.operations[open_[o.thread]] = o; }

  oracle::history take() { return std::move(made_); }

 private:
  oracle::history made_;
  std::vector<std::size_t> open_;  // of each thread
};

inline oracle::history simulated(const shape& s, std::uint64_t operations, std::uint64_t seed) {
  listing told(s, operations);
  simulation(s, operations, seed, told).run();
  return told.take();
}

}  // namespace plumbline::bench

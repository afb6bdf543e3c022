#pragma once
// Host K: Vyukov's bounded ring. Each slot says whose turn it is: that of the send, then of the receive, of the place
// with that number. A send takes effect when it takes its place, so a receive waits for one that has not yet written.

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "wake.hpp"

namespace plumbline::zoo {

template <class T, class Sync, bug Bug>
class ring {
 public:
  using time_point = typename wake_layer<Sync, Bug>::time_point;
  static constexpr bool waits_for_moves = true;  // a receive, for a send that has its place and still moves its value

  // capacity >= 2: with one slot, "written" and "free for the next lap" would be the same number.
  ring(std::size_t capacity, std::uint32_t senders) : slots_(capacity), end_(senders) {
    for (std::size_t i = 0; i < capacity; ++i) {
      slots_[i].turn.store(i);
    }
  }

  // Moves the value on success only. If its move throws, so does this, and nothing was sent.
  status send(std::uint32_t, T& value, time_point deadline) {
    const status said = not_full_.until(deadline, [&] { return put(value); });
    if (said == status::done) {
      end_.published();
    }
    return said;
  }
  status recv(std::optional<T>& into, time_point deadline) {
    const status said = end_.recv(deadline, [&] { return take(into); });
    if (said == status::done) {
      not_full_.wake();
    }
    return said;
  }
  void add_sender() { end_.add_sender(); }
  void drop_sender() { end_.drop_sender(); }
  void drop_receiver() {
    tail_.fetch_or(closed);  // from here on nobody takes a place
    for (std::optional<T> discarded; take(discarded);) {
      discarded.reset();
    }
    not_full_.wake();
  }

  std::size_t size() const {
    if constexpr (Bug == bug::a11) {
      const std::size_t head = head_.load();
      return tail_.load() / one - head;
    }
    for (;;) {
      const std::size_t tail = tail_.load();
      const std::size_t head = head_.load();
      if (tail_.load() == tail) {
        return tail / one - head;
      }
    }
  }

 private:
  static constexpr std::size_t closed = 1;  // the lowest bit of tail_: the receiver is gone
  static constexpr std::size_t one = 2;     // one place further

  struct slot {
    typename Sync::template atomic<std::size_t> turn;  // place: of its send; place + 1: of its receive
    typename Sync::template shared<std::optional<T>> value;
  };

  status put(T& value) {
    constexpr auto publish = Bug == bug::a9 ? std::memory_order_relaxed : std::memory_order_release;
    std::size_t tail = tail_.load();
    if ((tail & closed) != 0) {
      return status::disconnected;
    }
    for (;;) {
      const std::size_t place = tail / one;
      slot& mine = slots_[place % slots_.size()];
      const std::size_t turn = mine.turn.load(std::memory_order_acquire);  // sees that its last value was taken
      if (turn < place) {
        return status::not_now;
      }
      if (turn > place) {
        tail = tail_.load();  // another send took it
      } else if (tail_.compare_exchange(tail, tail + one)) {
        try {
          mine.value().emplace(std::move(value));
        } catch (...) {
          if constexpr (Bug != bug::a16) {
            mine.turn.store(place + 1, publish);  // a place without a value: the receiver goes past it
          }
          throw;
        }
        mine.turn.store(place + 1, publish);
        return status::done;
      }
      if (Bug != bug::a6 && (tail & closed) != 0) {
        return status::disconnected;
      }
    }
  }

  bool take(std::optional<T>& into) {
    constexpr auto see = Bug == bug::a10 ? std::memory_order_relaxed : std::memory_order_acquire;
    for (;;) {
      const std::size_t place = head_.load();
      slot& oldest = slots_[place % slots_.size()];
      while (oldest.turn.load(see) != place + 1) {
        if (tail_.load() / one == place) {
          return false;
        }
        Sync::spin();
      }
      into = std::exchange(oldest.value(), std::nullopt);
      head_.store(place + 1);  // before a send may come to this slot again, or size() would exceed the capacity
      const std::size_t next_lap = place + (Bug == bug::a7 ? 1 : slots_.size());
      oldest.turn.store(next_lap, std::memory_order_release);  // the next value goes in after this one was taken out
      if (into) {
        return true;
      }
      not_full_.wake();  // a place without a value: room like any other
    }
  }

  std::vector<slot> slots_;
  typename Sync::template atomic<std::size_t> head_{0};  // written by the receiver only
  typename Sync::template atomic<std::size_t> tail_{0};
  wake_layer<Sync, Bug> not_full_;
  receiving_end<Sync, Bug> end_;
};

}  // namespace plumbline::zoo

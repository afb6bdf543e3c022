#pragma once
// Host S: a list of blocks with a few places each (crossbeam's and tokio's unbounded channels). The place numbers count
// one more per block than it has: while the tail is at that number, the sender that took the last place is installing
// the next block. The first block is made by the first send. The channel frees itself when both ends have left it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "wake.hpp"

namespace plumbline::zoo {

template <class T, class Sync, bug Bug>
class segments {
 public:
  using time_point = typename wake_layer<Sync, Bug>::time_point;
  static constexpr bool waits_for_moves = true;  // a receive, for a send that has its place and still moves its value
  static constexpr bool frees_itself = true;

  explicit segments(std::uint32_t senders) : end_(senders) {}
  segments(const segments&) = delete;
  segments& operator=(const segments&) = delete;

  // Moves the value on success only.
  status send(std::uint32_t, T& value, time_point) {
    std::unique_ptr<block> spare;
    for (bool first_look = true;; first_look = false) {
      std::size_t tail = tail_.load();
      block* where = tail_block_.load();
      if ((tail & closed) != 0 && (Bug != bug::a6 || first_look)) {
        return status::disconnected;
      }
      const std::size_t at = tail / one % lap;
      if (at == places) {
        Sync::spin();
        continue;
      }
      if (spare == nullptr && (at + 1 == places || where == nullptr)) {
        spare = std::make_unique<block>();
      }
      if (where == nullptr) {
        if (tail_block_.compare_exchange(where, spare.get())) {
          head_block_.store(spare.release());
        }
        continue;
      }
      if (!tail_.compare_exchange(tail, tail + one)) {
        continue;
      }
      if (at + 1 == places) {  // this order: the receiver frees the block once it has the value of its last place
        tail_block_.store(spare.get());
        tail_.fetch_add(one);
        where->next.store(spare.release());
      }
      where->slots[at].value() = std::move(value);
      where->slots[at].ready.store(true, std::memory_order_release);  // publishes the value
      end_.published();
      return status::done;
    }
  }
  status recv(std::optional<T>& into, time_point deadline) {
    return end_.recv(deadline, [&] { return take(into); });
  }
  void add_sender() { end_.add_sender(); }
  void drop_sender() {
    if (end_.drop_sender()) {
      leave(Bug == bug::a14 && disconnect());
    }
  }
  void drop_receiver() {
    const bool was_disconnected = disconnect();  // from here on nobody takes a place
    std::size_t tail = tail_.load();
    for (; tail / one % lap == places; tail = tail_.load()) {
      Sync::spin();
    }
    block* where = head_block_.exchange(nullptr);
    std::size_t head = head_.load();
    while (head != tail / one && where == nullptr) {  // the first block is there, but its sender has not yet said where
      Sync::spin();
      where = Bug == bug::a12 ? head_block_.load() : head_block_.exchange(nullptr);
    }
    for (; head != tail / one; head = after(head, where)) {
      value_at(where, head).reset();
    }
    delete where;
    head_.store(head);
    leave(was_disconnected);
  }

  std::size_t size() const {
    for (;;) {
      const std::size_t tail = tail_.load();
      const std::size_t head = head_.load();
      if (tail_.load() == tail) {
        return Bug == bug::a15 ? tail / one - head : values_before(tail / one) - values_before(head);
      }
    }
  }

 private:
  static constexpr std::size_t places = 2;  // of a block: few, so that its border is crossed often
  static constexpr std::size_t lap = places + 1;
  static constexpr std::size_t closed = 1;  // the lowest bit of tail_: the receiver is gone
  static constexpr std::size_t one = 2;     // one place further

  struct slot {
    typename Sync::template atomic<bool> ready{false};
    typename Sync::template shared<std::optional<T>> value;
  };
  struct block {
    std::array<slot, places> slots;
    typename Sync::template atomic<block*> next{nullptr};
  };

  ~segments() { delete head_block_.load(); }

  bool disconnect() { return (tail_.fetch_or(closed) & closed) != 0; }

  // The end that leaves last frees the channel.
  void leave([[maybe_unused]] bool was_disconnected) {
    if (Bug == bug::a14 ? was_disconnected : left_.exchange(true)) {
      delete this;
    }
  }

  static std::size_t values_before(std::size_t place) { return place / lap * places + std::min(place % lap, places); }

  // The value of a place that was taken by a sender: waits until it is there.
  static std::optional<T>& value_at(block* where, std::size_t place) {
    slot& it = where->slots[place % lap];
    while (!it.ready.load(std::memory_order_acquire)) {  // sees the value
      Sync::spin();
    }
    return it.value();
  }

  // The place after one whose value was taken. Frees the block if it was its last.
  static std::size_t after(std::size_t place, block*& where) {
    if (++place % lap != places) {
      return place;
    }
    delete std::exchange(where, where->next.load());  // stored before the value of the last place was published
    return place + 1;
  }

  bool take(std::optional<T>& into) {
    const std::size_t head = head_.load();
    if (tail_.load() / one == head) {
      return false;
    }
    block* where = head_block_.load();
    for (; where == nullptr; where = head_block_.load()) {
      Sync::spin();
    }
    into = std::exchange(value_at(where, head), std::nullopt);
    const std::size_t next = after(head, where);
    head_block_.store(where);
    head_.store(next);
    return true;
  }

  typename Sync::template atomic<std::size_t> head_{0};  // written by the receiver only
  typename Sync::template atomic<block*> head_block_{nullptr};
  typename Sync::template atomic<std::size_t> tail_{0};
  typename Sync::template atomic<block*> tail_block_{nullptr};
  typename Sync::template atomic<bool> left_{false};  // one end has left
  receiving_end<Sync, Bug> end_;
};

}  // namespace plumbline::zoo

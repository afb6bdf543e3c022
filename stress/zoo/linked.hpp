#pragma once
// Host V: Vyukov's linked list. A send takes its place by making its node the tail, then links it to the node before;
// in between there is a gap. A receive that comes to one waits for the link, so `empty` is honest. No code of T runs in
// the gap, so the wait is for a few instructions of this file.

#include <exception>
#include <optional>
#include <utility>

#include "wake.hpp"

namespace plumbline::zoo {

template <class T, class Sync, bug Bug>
class linked {
 public:
  using time_point = typename wake_layer<Sync, Bug>::time_point;
  static constexpr bool drains_past_exceptions = true;

  explicit linked(std::uint32_t senders) : end_(senders) {}
  ~linked() { delete head_(); }  // both ends are gone
  linked(const linked&) = delete;
  linked& operator=(const linked&) = delete;

  // Moves the value on success only.
  status send(std::uint32_t, T& value, time_point) {
    node* const added = new node;
    if constexpr (Bug != bug::a18) {
      added->value() = std::move(value);
    }
    node* before = tail_.load();
    do {
      if (before == nullptr) {
        if constexpr (Bug != bug::a18) {
          value = std::move(*added->value());
        }
        delete added;
        return status::disconnected;
      }
    } while (!tail_.compare_exchange(before, added));
    if constexpr (Bug == bug::a18) {
      added->value() = std::move(value);
    }
    before->next.store(added, Bug == bug::a9 ? std::memory_order_relaxed : std::memory_order_release);  // publishes it
    end_.published();
    return status::done;
  }
  status recv(std::optional<T>& into, time_point deadline) {
    return end_.recv(deadline, [&] { return take(into, tail_.load()); });
  }
  void add_sender() { end_.add_sender(); }
  void drop_sender() { end_.drop_sender(); }
  // If the destructor of a value throws, so does this, after all of them were destroyed.
  void drop_receiver() {
    node* const last = tail_.exchange(nullptr);  // from here on nobody takes a place
    std::exception_ptr thrown;
    for (std::optional<T> discarded; !(Bug == bug::m26 && thrown) && take(discarded, last);) {
      try {
        const T destroyed_here(std::move(*discarded));
      } catch (...) {
        thrown = std::current_exception();
      }
    }
    if (thrown) {
      std::rethrow_exception(thrown);
    }
  }

 private:
  struct node {
    typename Sync::template atomic<node*> next{nullptr};
    typename Sync::template shared<std::optional<T>> value;
  };

  // `last` was the tail when this was called.
  bool take(std::optional<T>& into, node* last) {
    constexpr auto order = Bug == bug::a10 ? std::memory_order_relaxed : std::memory_order_acquire;  // sees the value
    node* next = head_()->next.load(order);
    while (next == nullptr) {
      if (last == head_() || (Bug == bug::a1b && tail_.load() != nullptr)) {
        return false;
      }
      Sync::spin();
      next = head_()->next.load(order);
    }
    into = std::exchange(next->value(), std::nullopt);
    delete std::exchange(head_(), next);  // its sender has linked it, and is done with it
    return true;
  }

  typename Sync::template shared<node*> head_{new node};  // the receiver's: the node whose value it took last
  typename Sync::template atomic<node*> tail_{head_()};   // null: the receiver is gone
  receiving_end<Sync, Bug> end_;
};

}  // namespace plumbline::zoo

#pragma once
// A lane for each sender, a list with one writer and one reader, and the receiver looks through all of them: the
// channel on which the wake layer (host W) is tried, because here a value is published by a mere store. It keeps the
// order of each sender only, and does not tell senders that the receiver is gone.

#include <array>
#include <optional>
#include <utility>

#include "wake.hpp"

namespace plumbline::zoo {

template <class T, class Sync, bug Bug>
class lanes {
 public:
  using time_point = typename wake_layer<Sync, Bug>::time_point;
  static constexpr std::uint32_t most_senders = 8;

  explicit lanes(std::uint32_t senders) : end_(senders) {}
  ~lanes() {
    for (lane& one : lanes_) {
      for (node* next = one.first(); next != nullptr;) {
        delete std::exchange(next, next->next.load());
      }
    }
  }
  lanes(const lanes&) = delete;
  lanes& operator=(const lanes&) = delete;

  status send(std::uint32_t sender, T& value, time_point) {
    lane& mine = lanes_[sender];
    node* const added = new node;
    added->value() = std::move(value);
    mine.last()->next.store(added, std::memory_order_release);  // publishes the value
    mine.last() = added;
    end_.published();
    return status::done;
  }
  status recv(std::optional<T>& into, time_point deadline) {
    if constexpr (Bug != bug::a3_look) {
      Sync::fence();  // with that of published(): what was sent before this began is seen, so `empty` is honest
    }
    return end_.recv(deadline, [&] { return take(into); });
  }
  void add_sender() { end_.add_sender(); }
  void drop_sender() { end_.drop_sender(); }

 private:
  struct node {
    typename Sync::template atomic<node*> next{nullptr};
    typename Sync::template shared<std::optional<T>> value;
  };
  struct lane {
    typename Sync::template shared<node*> first{new node};  // the receiver's: the node whose value it took last
    typename Sync::template shared<node*> last{first()};    // the sender's
  };

  // If nothing is found there was nothing when it began to look: only the receiver takes anything away.
  bool take(std::optional<T>& into) {
    for (lane& one : lanes_) {
      if (node* const next = one.first()->next.load(std::memory_order_acquire)) {  // sees what was published
        into = std::exchange(next->value(), std::nullopt);
        delete std::exchange(one.first(), next);
        return true;
      }
    }
    return false;
  }

  std::array<lane, most_senders> lanes_;
  receiving_end<Sync, Bug> end_;
};

}  // namespace plumbline::zoo

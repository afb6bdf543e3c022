#pragma once
// Host W, the wake layer of the others: how a thread sleeps beside a lock-free queue, and is woken only if it sleeps.

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "bug.hpp"

namespace plumbline::zoo {

// What came of one attempt. not_now: there is no value (no room).
enum class status { done, not_now, disconnected };

template <class Sync, bug Bug>
class wake_layer {
 public:
  using clock = std::conditional_t<Bug == bug::m18, typename Sync::settable_clock, typename Sync::clock>;
  using time_point = typename clock::time_point;
  static constexpr time_point now_or_never = time_point::min();
  static constexpr time_point for_ever = time_point::max();

  // Makes attempts until one is not `not_now`, or the deadline has passed; sleeps in between. A sleeper first says that
  // it sleeps, then looks; a waker first changes what there is to see, then looks for sleepers: so one of them sees the
  // other. The attempt is made under this layer's mutex, so it must not call wake() here.
  template <class Attempt>
  status until(time_point deadline, Attempt attempt) {
    status said = attempt();
    if (said != status::not_now || deadline == now_or_never) {
      return said;
    }
    const typename Sync::lock holding(mutex_);
    sleepers_.store(sleepers_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // ordered by the fence
    if constexpr (Bug != bug::a3_sleeper) {
      Sync::fence();
    }
    while ((said = attempt()) == status::not_now && (deadline == for_ever || clock::now() < deadline)) {
      if (deadline == for_ever) {
        changed_.wait(mutex_);
      } else if constexpr (Bug == bug::m18) {
        changed_.wait_until(mutex_, Sync::clock::now() + (deadline - clock::now()));
      } else {
        changed_.wait_until(mutex_, deadline);
      }
    }
    const std::uint32_t others = sleepers_.load(std::memory_order_relaxed) - 1;
    sleepers_.store(Bug == bug::m34 ? 0 : others, std::memory_order_relaxed);
    return said;
  }

  // After a change that sleepers may wait for.
  void wake() {
    if constexpr (Bug != bug::a3_waker) {
      Sync::fence();
    }
    if (sleepers_.load(std::memory_order_relaxed) > 0) {
      {
        const typename Sync::lock holding(mutex_);
      }  // a sleeper that had looked before the change does sleep now
      changed_.notify_all();
    }
  }

 private:
  typename Sync::mutex mutex_;
  typename Sync::condition_variable changed_;
  typename Sync::template atomic<std::uint32_t> sleepers_{0};  // written under the mutex only
};

// The receiver's end of each host: how it sleeps, and how it learns that the senders are gone.
template <class Sync, bug Bug>
class receiving_end {
 public:
  using layer = wake_layer<Sync, Bug>;

  explicit receiving_end(std::uint32_t senders) : senders_(senders) {}

  void published() { wakes_.wake(); }
  void add_sender() { senders_.fetch_add(1); }
  // Whether that was the last one.
  bool drop_sender() {
    const bool last = senders_.fetch_sub(1) == 1;
    if (last) {
      wakes_.wake();
    }
    return last;
  }

  // `take` says whether it took a value.
  template <class Take>
  status recv(typename layer::time_point deadline, Take take) {
    return wakes_.until(deadline, [&] {
      if (take()) {
        return status::done;
      }
      if (senders_.load() > 0) {
        return status::not_now;
      }
      if constexpr (Bug == bug::a1) {
        return status::disconnected;
      }
      return take() ? status::done : status::disconnected;  // one of them may have sent something since
    });
  }

 private:
  layer wakes_;
  typename Sync::template atomic<std::uint32_t> senders_;
};

}  // namespace plumbline::zoo

#pragma once
// What the hosts take from their surroundings: the primitives of detail/std_sync.hpp, and atomics. A policy, so that a
// model checker can supply its own.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "plumbline/detail/std_sync.hpp"

namespace plumbline::zoo {

// Pauses a thread now and then, shortly, or until others had a turn. The windows of the bugs are a few instructions
// wide, and on two processors a thread is seldom stopped in one. (Where it is stopped depends on no seed but on how
// often it was here before; which threads meet is the scheduler's affair.)
inline void pause_now_and_then() noexcept {
  static std::atomic<std::uint32_t> threads{0};
  thread_local std::uint32_t state = 2654435769U * (threads.fetch_add(1, std::memory_order_relaxed) + 1) | 1U;
  state ^= state << 13U;  // xorshift32
  state ^= state >> 17U;
  state ^= state << 5U;
  const std::uint32_t draw = state >> 26U;
  if (draw == 0) {
    std::this_thread::yield();
  } else if (draw < 4) {
    for (std::uint32_t turns = state & 1023U; turns > 0; --turns) {
      std::atomic_signal_fence(std::memory_order_seq_cst);  // so that the loop is not left out
    }
  }
}

// Noisy: every access to an atomic may pause. It takes nothing from a correct algorithm, nor does it add a bug.
template <bool Noisy>
struct thread_sync : detail::std_sync {
  template <class V>
  class atomic {
   public:
    explicit atomic(V initial = V()) noexcept : value_(initial) {}

    V load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
      noise();
      return value_.load(order);
    }
    void store(V value, std::memory_order order = std::memory_order_seq_cst) noexcept {
      noise();
      value_.store(value, order);
    }
    V exchange(V value) noexcept {
      noise();
      return value_.exchange(value);
    }
    bool compare_exchange(V& expected, V value) noexcept {
      noise();
      return value_.compare_exchange_strong(expected, value);
    }
    V fetch_add(V value) noexcept {
      noise();
      return value_.fetch_add(value);
    }
    V fetch_sub(V value) noexcept {
      noise();
      return value_.fetch_sub(value);
    }
    V fetch_or(V value) noexcept {
      noise();
      return value_.fetch_or(value);
    }

   private:
    static void noise() noexcept {
      if constexpr (Noisy) {
        pause_now_and_then();
      }
    }

    std::atomic<V> value_;
  };

  // The time of day on a machine where somebody sets it: each sixteenth look finds it an hour further.
  struct settable_clock {
    using duration = clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<settable_clock>;
    static constexpr bool is_steady = false;
    static time_point now() noexcept {
      static std::atomic<std::uint32_t> looks{0};
      const std::chrono::hours set(looks.fetch_add(1, std::memory_order_relaxed) / 16);
      return time_point(clock::now().time_since_epoch() + set);
    }
  };

  // Between a store and a load of something else that must not be seen the other way round.
  static void fence() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }

  // In a loop that waits for a few instructions of another thread.
  static void spin() noexcept { std::this_thread::yield(); }
};

}  // namespace plumbline::zoo

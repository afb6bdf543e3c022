#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "plumbline/detail/sync.hpp"
#include "plumbline/detail/thread_annotations.hpp"

namespace plumbline::detail {

// The policy for users: the standard library's primitives. They are wrapped because libstdc++ puts no
// thread-safety attributes on its own, and the attributes are what lets Clang check the lock protocol.
struct std_sync {
  class PLUMBLINE_CAPABILITY("mutex") mutex {
   public:
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    // Where there is glibc, who finds the mutex taken looks again for a moment before it falls asleep: that takes
    // longer than most critical sections of a channel. std::mutex has no way to ask for it but this, before it is
    // first used.
    mutex() noexcept { *mutex_.native_handle() = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP; }
#else
    mutex() = default;
#endif
    void lock() PLUMBLINE_ACQUIRE() { mutex_.lock(); }
    void unlock() PLUMBLINE_RELEASE() { mutex_.unlock(); }

   private:
    friend struct std_sync;
    std::mutex mutex_;
  };

  class PLUMBLINE_SCOPED_CAPABILITY lock {
   public:
    explicit lock(mutex& guarding) PLUMBLINE_ACQUIRE(guarding) : mutex_(guarding) { mutex_.lock(); }
    ~lock() PLUMBLINE_RELEASE() { mutex_.unlock(); }
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;

   private:
    mutex& mutex_;
  };

  using clock = std::chrono::steady_clock;

  class condition_variable {
   public:
    void wait(mutex& held) PLUMBLINE_REQUIRES(held) {
      std::unique_lock<std::mutex> adopted(held.mutex_, std::adopt_lock);
      condition_.wait(adopted);
      adopted.release();
    }
    void wait_until(mutex& held, clock::time_point when) PLUMBLINE_REQUIRES(held) {
      std::unique_lock<std::mutex> adopted(held.mutex_, std::adopt_lock);
      condition_.wait_until(adopted, when);
      adopted.release();
    }
    void notify_one() noexcept { condition_.notify_one(); }
    void notify_all() noexcept { condition_.notify_all(); }

   private:
    std::condition_variable condition_;
  };

  template <class V>
  class shared {
   public:
    explicit shared(V initial = V()) : value_(std::move(initial)) {}
    V& operator()() noexcept { return value_; }

   private:
    V value_;
  };
};

static_assert(sync_policy<std_sync>);

}  // namespace plumbline::detail

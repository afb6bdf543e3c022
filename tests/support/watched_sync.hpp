#pragma once
// A Sync policy for tests that must know who sleeps and what time it is. It is std_sync with another condition variable
// and another clock: every sleeper is on one list, so a test can wait until so many threads sleep (and not a moment
// earlier, and without sleeping itself), move the clock, and wake sleepers for no reason.
//
// Why the count is sound: a thread is counted while it holds its channel's mutex, and releases that mutex only once it
// is counted; it is no longer counted as soon as somebody notifies it or its deadline passes. So when a test has seen
// the count, whatever it does to the channel next happens while those threads sleep.
//
// Not for tests of memory order: the list has a mutex of its own, which would hide a missing one from ThreadSanitizer.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <vector>

#include "plumbline/detail/std_sync.hpp"
#include "plumbline/detail/sync.hpp"
#include "plumbline/detail/thread_annotations.hpp"

namespace plumbline::test {

class watched_sync {
 public:
  struct clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<clock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept {
      const std::lock_guard holding(world().mutex);
      return world().now;
    }
  };

  using mutex = detail::std_sync::mutex;
  using lock = detail::std_sync::lock;
  template <class V>
  using shared = detail::std_sync::shared<V>;

  class condition_variable {
   public:
    void wait(mutex& held) PLUMBLINE_REQUIRES(held) { sleep(held, clock::time_point::max()); }
    void wait_until(mutex& held, clock::time_point when) PLUMBLINE_REQUIRES(held) { sleep(held, when); }
    void notify_one() noexcept { wake(1); }
    void notify_all() noexcept { wake(std::numeric_limits<std::size_t>::max()); }

   private:
    void sleep(mutex& held, clock::time_point deadline) PLUMBLINE_REQUIRES(held) {
      {
        std::unique_lock holding(world().mutex);
        if (deadline <= world().now) {
          return;
        }
        sleeper me{this, deadline};
        world().sleepers.push_back(&me);
        world().changed.notify_all();
        held.unlock();
        world().changed.wait(holding, [&me] { return me.woken && !world().paused; });
      }
      held.lock();
    }

    void wake(std::size_t at_most) noexcept {
      world().wake_if([this, &at_most](const sleeper& one) {
        const bool chosen = one.where == this && at_most > 0;
        at_most -= chosen;
        return chosen;
      });
    }
  };

  // Waits until exactly `count` threads sleep. The time limit is a fail-safe: it ends the program.
  static void await_sleepers(std::size_t count) {
    std::unique_lock holding(world().mutex);
    if (!world().changed.wait_for(holding, std::chrono::seconds(60),
                                  [count] { return world().sleepers.size() == count; })) {
      std::fprintf(stderr, "watched_sync: waited in vain for %zu sleeping threads, there are %zu\n", count,
                   world().sleepers.size());
      std::abort();
    }
  }

  // Threads that sleep, and that neither a notification nor their deadline has woken yet.
  static std::size_t sleepers() {
    const std::lock_guard holding(world().mutex);
    return world().sleepers.size();
  }

  // Moves the clock, and wakes whose deadline that reaches.
  static void advance(clock::duration by) {
    {
      const std::lock_guard holding(world().mutex);
      world().now += by;
    }
    world().wake_if([now = clock::now()](const sleeper& one) { return one.deadline <= now; });
  }

  // As long as it lives, threads that are woken do not go on yet. What the test does meanwhile happens between their
  // wake-up and their next look at the channel. One at a time; does not hold up who is not asleep.
  class pause {
   public:
    pause() { set(true); }
    ~pause() { set(false); }
    pause(const pause&) = delete;
    pause& operator=(const pause&) = delete;

   private:
    static void set(bool paused) {
      const std::lock_guard holding(world().mutex);
      world().paused = paused;
      world().changed.notify_all();
    }
  };

  // Wakes every sleeper as a condition variable is allowed to: for no reason.
  static void wake_for_no_reason() {
    world().wake_if([](const sleeper&) { return true; });
  }

 private:
  struct sleeper {
    const condition_variable* where = nullptr;
    clock::time_point deadline;
    bool woken = false;
  };

  struct shared_world {
    std::mutex mutex;
    std::condition_variable changed;
    bool paused = false;
    std::vector<sleeper*> sleepers;  // in the order in which they fell asleep
    // Far from both ends of the clock's range, and from zero, so that no test depends on where it starts.
    clock::time_point now{std::chrono::hours(1)};

    template <class Predicate>
    void wake_if(Predicate chosen) noexcept {
      const std::lock_guard holding(mutex);
      std::erase_if(sleepers, [&chosen](sleeper* one) { return one->woken = chosen(*one); });
      changed.notify_all();
    }
  };

  static shared_world& world() noexcept {
    static shared_world only;
    return only;
  }
};

static_assert(detail::sync_policy<watched_sync>);

}  // namespace plumbline::test

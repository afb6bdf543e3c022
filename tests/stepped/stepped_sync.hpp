#pragma once
// A Sync policy under which a test decides all that is otherwise left to chance (scheduler.hpp): who runs next, whom a
// notification wakes, who wakes for no reason, and what time it is. In return the test knows, exactly and at once, who
// sleeps, on what, and whether anything can still happen; it never waits, and guesses nothing from silence.
//
//   scheduler driver({"sender", "receiver"});
//   auto [tx, rx] = stepped_channel<int>(driver, 1);
//   driver.post(1, [&] { received = rx.recv(); });
//   driver.run();                                   // until nothing can happen any more:
//   EXPECT_TRUE(driver.is(1, activity::asleep));    // the receiver waits, and for ever
//   EXPECT_EQ(driver.where(1), "asleep on not_empty");
//
// The channel is the real one, sender and receiver handles included; only its primitives are others.

#include <cstddef>
#include <utility>

#include "plumbline/channel.hpp"
#include "plumbline/detail/sync.hpp"
#include "plumbline/detail/thread_annotations.hpp"
#include "stepped/scheduler.hpp"

namespace plumbline::test {

class stepped_sync {
 public:
  using clock = virtual_clock;

  class PLUMBLINE_CAPABILITY("mutex") mutex {
   public:
    void lock() noexcept PLUMBLINE_ACQUIRE() { scheduler::current().take(this); }
    void unlock() noexcept PLUMBLINE_RELEASE() { scheduler::current().give(this); }
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

  class condition_variable {
   public:
    condition_variable() noexcept { scheduler::current().born(this); }
    ~condition_variable() { scheduler::current().gone(this); }
    condition_variable(const condition_variable&) = delete;
    condition_variable& operator=(const condition_variable&) = delete;

    void wait(mutex& held) noexcept PLUMBLINE_REQUIRES(held) { wait_until(held, clock::time_point::max()); }
    void wait_until(mutex& held, clock::time_point when) noexcept PLUMBLINE_REQUIRES(held) {
      scheduler::current().sleep(&held, this, when);
    }
    void notify_one() noexcept { scheduler::current().notify_one(this); }
    void notify_all() noexcept { scheduler::current().notify_all(this); }
  };

  // Verifies that whoever touches the value holds a mutex.
  template <class V>
  class shared {
   public:
    explicit shared(V initial = V()) : value_(std::move(initial)) {}
    V& operator()() noexcept {
      if (!scheduler::current().in_critical_section()) {
        scheduler::current().fail("what a mutex guards is touched by a thread that holds none");
      }
      return value_;
    }

   private:
    V value_;
  };
};

static_assert(detail::sync_policy<stepped_sync>);

// A channel whose condition variables the scheduler knows by their names in core.hpp. Without a number of
// places: unbounded.
template <class T>
endpoints<T, stepped_sync> stepped_channel(scheduler& driver,
                                           std::size_t places = detail::core<T, stepped_sync>::unbounded) {
  driver.name_condition_variables({"not_empty", "not_full"}, "answered");
  return bounded_channel<T, stepped_sync>(places);
}

}  // namespace plumbline::test

#pragma once
// The policy for the model checker: the channel's mutex, condition variables, shared data and clock as objects of
// `world`, each operation with the line of the core that it stands in.

#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "plumbline/detail/sync.hpp"
#include "plumbline/detail/thread_annotations.hpp"
#include "world.hpp"

namespace plumbline::stress {

struct relacy_sync {
  using place = std::source_location;

  class PLUMBLINE_CAPABILITY("mutex") mutex {
   public:
    mutex() : id_(world::make_mutex()) {}
    ~mutex() { world::unmake_mutex(id_); }
    mutex(const mutex&) = delete;
    mutex& operator=(const mutex&) = delete;

   private:
    friend struct relacy_sync;
    world::id id_;
  };

  class PLUMBLINE_SCOPED_CAPABILITY lock {
   public:
    explicit lock(mutex& guarding, place where = place::current()) PLUMBLINE_ACQUIRE(guarding)
        : mutex_(guarding.id_), where_(where) {
      world::lock(mutex_, where_);
    }
    ~lock() PLUMBLINE_RELEASE() { world::unlock(mutex_, where_); }
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;

   private:
    world::id mutex_;
    place where_;
  };

  // Time is an integer of its own, and the real clock is never asked, so that an execution can be repeated.
  struct clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<clock>;
    static constexpr bool is_steady = true;
    static time_point now() { return time_point(world::look_at_clock()); }
  };

  class condition_variable {
   public:
    condition_variable() : id_(world::make_condition()) {}
    ~condition_variable() { world::unmake_condition(id_); }
    condition_variable(const condition_variable&) = delete;
    condition_variable& operator=(const condition_variable&) = delete;

    void wait(mutex& held, place where = place::current()) PLUMBLINE_REQUIRES(held) {
      world::wait(id_, held.id_, std::nullopt, where);
    }
    void wait_until(mutex& held, clock::time_point when, place where = place::current()) PLUMBLINE_REQUIRES(held) {
      world::wait(id_, held.id_, when.time_since_epoch(), where);
    }
    void notify_one(place where = place::current()) { world::notify_one(id_, where); }
    void notify_all(place where = place::current()) { world::notify_all(id_, where); }

   private:
    world::id id_;
  };

  template <class V>
  class shared {
   public:
    explicit shared(V initial = V()) : value_(std::move(initial)) {}
    ~shared() { world::unmake_witness(witness_); }
    shared(const shared&) = delete;
    shared& operator=(const shared&) = delete;

    // Each access counts as a write: under one mutex no two of them may be unordered.
    V& operator()(place where = place::current()) {
      world::access(witness_, where);
      return value_;
    }

   private:
    V value_;
    world::id witness_ = world::make_witness();
  };
};

static_assert(detail::sync_policy<relacy_sync>);

}  // namespace plumbline::stress

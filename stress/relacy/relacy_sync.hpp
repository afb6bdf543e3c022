#pragma once
// The policy for the model checker: the channel's mutex, condition variables, shared data and clock as objects of
// `world`, each operation with the line of the core that it stands in. Atomics, which the core has none of, are for the
// channels of stress/zoo.

#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <type_traits>
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

  // For a channel of stress/zoo that waits on a clock that can be set.
  struct settable_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<settable_clock>;
    static constexpr bool is_steady = false;
    static time_point now() { return time_point(world::look_at_settable_clock()); }
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

  template <class V>
  class atomic {
   public:
    explicit atomic(V initial = V()) : id_(world::make_atomic(bits(initial))) {}
    ~atomic() { world::unmake_atomic(id_); }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    V load(std::memory_order order = std::memory_order_seq_cst, place where = place::current()) const {
      return value(world::load(id_, order, where));
    }
    void store(V v, std::memory_order order = std::memory_order_seq_cst, place where = place::current()) {
      world::store(id_, bits(v), order, where);
    }
    V exchange(V v, place where = place::current()) { return value(world::exchange(id_, bits(v), where)); }
    bool compare_exchange(V& expected, V v, place where = place::current()) {
      std::uint64_t seen = bits(expected);
      const bool done = world::compare_exchange(id_, seen, bits(v), where);
      expected = value(seen);
      return done;
    }
    V fetch_add(V v, place where = place::current()) { return value(world::fetch_add(id_, bits(v), where)); }
    V fetch_sub(V v, place where = place::current()) { return value(world::fetch_add(id_, -bits(v), where)); }
    V fetch_or(V v, place where = place::current()) { return value(world::fetch_or(id_, bits(v), where)); }

   private:
    static std::uint64_t bits(V v) {
      if constexpr (std::is_pointer_v<V>) {
        return std::bit_cast<std::uintptr_t>(v);
      } else {
        return static_cast<std::uint64_t>(v);
      }
    }
    static V value(std::uint64_t bits) {
      if constexpr (std::is_pointer_v<V>) {
        return std::bit_cast<V>(static_cast<std::uintptr_t>(bits));
      } else {
        return static_cast<V>(bits);
      }
    }

    world::id id_;
  };
  static void fence(place where = place::current()) { world::fence(where); }
  static void spin(place where = place::current()) { world::spin(where); }
};

static_assert(detail::sync_policy<relacy_sync>);

}  // namespace plumbline::stress

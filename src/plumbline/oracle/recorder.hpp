#pragma once
// Records what threads do to a channel. Each thread writes into a buffer of its own that was allocated before; between
// the two stamps of an operation nothing of the recorder runs but one store. There is no lock, and no shared counter
// either: a counter would order the threads, and so hide bugs.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "plumbline/oracle/history.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace plumbline::oracle {

// The clock of the recorder: the processor's time-stamp counter where it runs at one rate and agrees between cores
// (both are looked at once, when the program starts), else the steady clock.
//
// How a stamp is ordered with its operation: before() has been read before any instruction after it is executed
// (RDTSC; LFENCE), and after() is read when every load of the operation has been executed and every store of it can be
// seen by the other cores: a locked instruction empties the store buffer, LFENCE; RDTSC waits for it. (RDTSCP would
// wait, too, and takes longer.) So the operation takes effect between its stamps, whatever the processor reorders or
// buffers: a history can only show less order than there was, never more. before() may be read a little too early,
// before what precedes it is done, which is as sound. What empties the store buffer after an operation can hide a bug
// that needs its stores to be still under way in the next one of the same thread.
class stamp_clock {
 public:
  static std::uint64_t before() noexcept {
#if defined(__x86_64__)
    if (counter_is_usable()) {
      const std::uint64_t stamp = __rdtsc();
      _mm_lfence();
      return stamp;
    }
#endif
    return steady();
  }

  static std::uint64_t after() noexcept {
#if defined(__x86_64__)
    if (counter_is_usable()) {
      std::atomic<int> any{0};
      any.exchange(0, std::memory_order_seq_cst);
      _mm_lfence();
      return __rdtsc();
    }
#endif
    return steady();
  }

  static std::string_view name() noexcept;         // "time-stamp counter" or "steady clock"
  static double nanoseconds(std::uint64_t ticks);  // how long that many ticks are
  static double nanoseconds_per_operation();       // what it costs to record one operation, measured now

 private:
  static bool counter_is_usable() noexcept {
    const usability known = usability_.load(std::memory_order_relaxed);
    return known == usability::unknown ? find_out() : known == usability::usable;
  }
  static bool find_out() noexcept;
  static std::uint64_t steady() noexcept;

  enum class usability : std::uint8_t { unknown, usable, unusable };
  static inline std::atomic<usability> usability_{usability::unknown};
};

// The operations of one thread, in their order. Written by that thread only; another one may look at any time. On cache
// lines of its own, or threads would disturb each other.
class alignas(64) track {
 public:
  explicit track(std::size_t most_operations, std::pmr::memory_resource* = std::pmr::get_default_resource());

  // An operation starts: call this right before it. Does nothing, and overflowed() says so, if the track is full.
  void begin(operation_kind kind, std::uint32_t handle, std::uint64_t value) noexcept;
  // The operation that began last has ended: call this right after it. `value`: received, if it was a receive.
  void end(outcome result, std::uint64_t value) noexcept;
  // Takes the last ended operation back. Sound only for one that did nothing (empty, full, timeout): a thread that
  // polls keeps the last of its refusals that way.
  void forget() noexcept;

  bool overflowed() const noexcept { return overflowed_.load(std::memory_order_relaxed); }
  // Grows with each operation that begins or ends and is kept.
  std::uint64_t progress() const noexcept;

  // Appends what was recorded, as operations of `thread`; the last one may be pending.
  void append_to(std::vector<operation>& operations, std::uint32_t thread) const;
  void clear() noexcept;

 private:
  struct entry {
    std::atomic<std::uint64_t> begin;
    std::atomic<std::uint64_t> end;
    std::atomic<std::uint64_t> value;
    std::atomic<std::uint32_t> handle;
    std::atomic<operation_kind> kind;
    std::atomic<outcome> result;
  };

  std::pmr::vector<entry> entries_;
  // Release on each store, acquire on each load (both free on x86): whoever sees a count sees the entries it counts.
  std::atomic<std::size_t> begun_{0};
  std::atomic<std::size_t> ended_{0};
  std::atomic<std::uint64_t> forgotten_{0};  // changes whenever an entry is about to be used again
  std::atomic<bool> overflowed_{false};
  std::uint64_t last_end_ = 0;
  bool recording_ = false;  // the operation that began last is being recorded, i.e. there was room for it
};

inline void track::begin(operation_kind kind, std::uint32_t handle, std::uint64_t value) noexcept {
  const std::size_t at = begun_.load(std::memory_order_relaxed);
  recording_ = at < entries_.size();
  if (!recording_) {
    overflowed_.store(true, std::memory_order_relaxed);
    return;
  }
  entry& here = entries_[at];
  here.kind.store(kind, std::memory_order_release);
  here.handle.store(handle, std::memory_order_release);
  here.value.store(value, std::memory_order_release);
  // Both had been read when the operation began: the later one is the better.
  here.begin.store(std::max(stamp_clock::before(), last_end_), std::memory_order_release);
  begun_.store(at + 1, std::memory_order_release);
}

inline void track::end(outcome result, std::uint64_t value) noexcept {
  const std::uint64_t stamp = stamp_clock::after();
  last_end_ = stamp;
  if (!recording_) {
    return;
  }
  const std::size_t at = ended_.load(std::memory_order_relaxed);
  entry& here = entries_[at];
  here.end.store(stamp, std::memory_order_release);
  here.value.store(value, std::memory_order_release);
  here.result.store(result, std::memory_order_release);
  ended_.store(at + 1, std::memory_order_release);
}

// The tracks of the threads that use one channel.
class recorder {
 public:
  // All that is written while it records lies in that memory. If processes share it, so do they what is recorded.
  recorder(std::size_t threads, std::size_t operations_per_thread,
           std::pmr::memory_resource* = std::pmr::get_default_resource());

  track& of(std::size_t thread) noexcept { return tracks_[thread]; }
  void clear() noexcept;
  bool overflowed() const noexcept;
  std::uint64_t progress() const noexcept;

  // Everything that was recorded, in the order of the begins. May be called while the threads are at work: what they
  // do meanwhile is in it or not.
  std::vector<operation> operations() const;

 private:
  std::pmr::deque<track> tracks_;
};

}  // namespace plumbline::oracle

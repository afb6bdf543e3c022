#pragma once
// What world.cpp and explore.cpp share: Relacy, and the execution that is being run. For these two only, because
// Relacy's headers define macros named new, delete and assert.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "arena.hpp"
#include "trace.hpp"
#include "world.hpp"

// Relacy comes last, and its macros are undone at once: they would rewrite what follows.
#include <relacy/relacy.hpp>
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert
#undef errno
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst

namespace plumbline::stress::running {

using world::id;
using world::instant;
using world::place;

constexpr std::size_t most_threads = 4;

struct condition_tag;
using relacy_condition = rl::condvar<condition_tag>;

struct thread_state {
  bool in_mutex = false;
  std::optional<id> asleep_on;  // a condition variable
  bool waits_for_mutex = false;
};

// What belongs to the execution that is being run. Plain data of one operating-system thread: the explored threads are
// fibers, and are only switched at calls into Relacy.
struct execution {
  stress::search search;
  client* program = nullptr;
  std::uint64_t number = 0;
  std::uint64_t traced = 0;  // the number of the execution to be traced, 0: none
  std::chrono::duration<double> time{};
  std::chrono::steady_clock::time_point began;
  bool in_time = true;

  bool running = false;
  unsigned outside = 0;
  arena memory;
  slots<rl::mutex> mutexes;
  slots<relacy_condition> conditions;
  slots<rl::var<int>> witnesses;
  slots<rl::atomic<std::uint64_t>> atomics;
  bool begun = false;                              // begin() has ended: what is made from now on a thread makes
  std::array<std::size_t, most_objects> makers{};  // by condition variable: the thread that made it
  std::size_t conditions_at_first = 0;
  std::optional<id> used_last;  // the witness
  std::array<thread_state, most_threads> threads;
  instant now{};
  instant set_forward{};  // by so much, the clock that can be set
  bool spurious_wake_left = false;

  trace_table trace;
  std::string verdict;
};
inline execution current;

inline rl::debug_info at(place where) { return {where.function_name(), where.file_name(), where.line()}; }
std::string condition_name(id);
std::string witness_name(id);
// Ends this execution, which is wrong.
[[noreturn]] void fail_as(rl::test_result_e kind, std::string_view because, place where);

}  // namespace plumbline::stress::running

#pragma once
// A channel under test may end the process in which it is judged. What a campaign was doing then, and the records of
// it, are in its black box: in memory that another process shares, which can look at leisure.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>

#include "plumbline/oracle/recorder.hpp"

namespace plumbline::oracle {

// Which program a set of threads is running.
struct running_program {
  // Who ended the process, as far as one of these threads knows.
  enum class death : std::uint8_t { none, signal, exit };

  std::atomic<std::uint64_t> index{0};
  std::atomic<std::uint64_t> round{0};
  std::atomic<bool> active{false};
  std::atomic<death> died{death::none};
};

struct black_box {
  // Of a receiver: a program sends 1 500 values at most.
  static constexpr std::size_t most_operations_of_a_thread = 4096;

  // Of programs that run at the same time.
  struct job {
    explicit job(std::pmr::memory_resource*);

    running_program running;
    recorder recorded;
  };

  explicit black_box(unsigned how_many_jobs, std::pmr::memory_resource* = std::pmr::get_default_resource());

  // The job in which the process ended: the one that said so, or the one that ran a program.
  const job& last() const noexcept;

  std::pmr::deque<job> jobs;
  std::atomic<bool> started{false};
  std::atomic<std::chrono::steady_clock::time_point> start{};
  std::atomic<std::uint64_t> programs{0};
  std::atomic<std::uint64_t> operations{0};
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> overlapping{0};
  std::atomic<std::uint64_t> undecided{0};
  std::atomic<std::uint64_t> tracked{0};
  std::atomic<std::chrono::nanoseconds::rep> judging{0};  // nanoseconds, of all jobs together
};

// Memory that this process shares with those that it forks afterwards, and they with each other. For little: each
// allocation takes whole pages.
std::pmr::memory_resource* shared_memory() noexcept;

// Says for the threads that call it what they run; null: nothing.
void note_running_on_this_thread(running_program*) noexcept;

// From now on a fatal signal in a thread that runs a program, or its call of exit or quick_exit, is noted as its death.
// The signal then does what it did before; exit ends the process at once. Call it once.
void note_deaths();

}  // namespace plumbline::oracle

#pragma once
// A channel under test may crash. Then the least to say is which program it was, and the command that runs it again.

#include <atomic>
#include <cstdint>
#include <string>

namespace plumbline::oracle {

// Which program a set of threads is running; read by the signal handler.
struct running_program {
  std::atomic<std::uint64_t> index{0};
  std::atomic<bool> active{false};
};

// Says for the threads that call it what they run; null: nothing.
void note_running_on_this_thread(const running_program*) noexcept;

// From now on a fatal signal (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) in a thread that runs a program, or its call of
// exit or quick_exit, writes "<command> --program <index>" to stderr and ends the process with exit code 1: the channel
// broke its contract. In any other thread they do what they did before. `at_the_end` is called before the process ends,
// and does only what a signal handler may. Call it once; `command` is how the program is run again.
void install_crash_report(const std::string& command, void (*at_the_end)() = nullptr);

}  // namespace plumbline::oracle

#include "plumbline/oracle/crash_report.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace plumbline::oracle {
namespace {

thread_local const running_program* running_on_this_thread = nullptr;

constexpr std::size_t longest_command = 1000;
std::array<char, longest_command + 1> command_line{};
void (*before_the_end)() = nullptr;

// Only what is allowed in a signal handler: write(2), no allocation, no locks.
void put(std::string_view text) noexcept { [[maybe_unused]] const auto ignored = write(2, text.data(), text.size()); }

void put(std::uint64_t number) noexcept {
  std::array<char, 20> digits{};
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  put(std::string_view(&digits[at], digits.size() - at));
}

std::string_view name_of(int signal) noexcept {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV, an invalid memory access";
    case SIGBUS:
      return "SIGBUS, an invalid memory access";
    case SIGFPE:
      return "SIGFPE, an invalid calculation";
    case SIGILL:
      return "SIGILL, an invalid instruction";
    default:
      return "SIGABRT, it gave up";
  }
}

// Which program this thread runs; null if none: then what happens here is not the channel's doing.
const running_program* program_of_this_thread() noexcept {
  const running_program* const running = running_on_this_thread;
  return running != nullptr && running->active.load(std::memory_order_relaxed) ? running : nullptr;
}

[[noreturn]] void end(const running_program& running) {
  put("\n  Again:  ");
  put(std::string_view(command_line.data()));
  put(" --program ");
  put(running.index.load(std::memory_order_relaxed));
  put("\n");
  if (before_the_end != nullptr) {
    before_the_end();
  }
  _exit(1);
}

void report_signal(int signal) {
  if (const running_program* const running = program_of_this_thread()) {
    put("\nplumbline: the channel crashed (");
    put(name_of(signal));
    put(").");
    end(*running);
  }
  // SA_RESETHAND has restored the default, and the signal comes again.
}

void report_exit() {
  if (const running_program* const running = program_of_this_thread()) {
    put("\nplumbline: the channel ended the process: it called exit.");
    end(*running);
  }
}

}  // namespace

void note_running_on_this_thread(const running_program* running) noexcept { running_on_this_thread = running; }

void install_crash_report(const std::string& command, void (*at_the_end)()) {
  command_line[command.copy(command_line.data(), longest_command)] = '\0';
  before_the_end = at_the_end;
  std::atexit(report_exit);
  std::at_quick_exit(report_exit);
  struct sigaction action{};
  action.sa_handler = report_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace plumbline::oracle

#include "plumbline/oracle/crash_report.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace plumbline::oracle {
namespace {

thread_local const running_program* running_on_this_thread = nullptr;

constexpr std::size_t longest_command = 1000;
std::array<char, longest_command + 1> command_line{};

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

void report(int signal) {
  const running_program* const running = running_on_this_thread;
  if (running == nullptr || !running->active.load(std::memory_order_relaxed)) {
    return;  // not while a channel was used: SA_RESETHAND has restored the default, and the signal comes again
  }
  put("\nplumbline: the channel crashed (");
  put(name_of(signal));
  put(").\n  Again:  ");
  put(std::string_view(command_line.data()));
  put(" --program ");
  put(running->index.load(std::memory_order_relaxed));
  put("\n");
  _exit(1);
}

}  // namespace

void note_running_on_this_thread(const running_program* running) noexcept { running_on_this_thread = running; }

void install_crash_report(const std::string& command) {
  command_line[command.copy(command_line.data(), longest_command)] = '\0';
  struct sigaction action{};
  action.sa_handler = report;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace plumbline::oracle

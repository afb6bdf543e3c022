#include "cli/supervised.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "cli/exit_codes.hpp"
#include "cli/misuse_error.hpp"

namespace plumbline::cli {
namespace {

// What the child writes last. What it writes before is the command.
constexpr char end_mark = '\0';

int to_supervisor = -1;            // in the child
volatile pid_t child_process = 0;  // in the parent; read by a signal handler

void pass_on(int signal) { kill(child_process, signal); }

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(to_supervisor, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return;  // the supervisor is gone, and so is who this was for
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
}

// What there is. Not to wait for an end of it: a process that the channel started may hold the pipe open.
std::string read_what_is_there(int pipe) {
  std::string text;
  std::array<char, 1024> part{};
  for (ssize_t got = 1; got > 0;) {
    got = read(pipe, part.data(), part.size());
    text.append(part.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return text;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

bool is_crash(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL || signal == SIGABRT;
}

int judge(int status, const std::string& said) {
  const bool did_end = said.ends_with(end_mark);
  if (WIFEXITED(status) && did_end) {
    return WEXITSTATUS(status);
  }
  const std::string command = said.substr(0, said.find(end_mark));
  const std::string again = command.empty() ? "" : fmt::format("\n  Again:  {}", command);
  const bool by_itself = WIFEXITED(status) || is_crash(WTERMSIG(status));
  const std::string how =
      WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status)) : std::string(strsignal(WTERMSIG(status)));
  if (by_itself && command.empty()) {
    fmt::print(stderr, "plumbline: the plug-in ended the process while it was being loaded ({})\n", how);
    return misuse;
  }
  if (by_itself) {
    fmt::print(
        stderr,
        "plumbline: the process ended in the middle of the campaign ({}): by the channel, or by a sanitizer that "
        "found something in it.{}\n",
        how, again);
    return violates;
  }
  fmt::print(stderr, "plumbline: the campaign was ended from outside ({}); what it found is lost.{}\n", how, again);
  return unknown;
}

}  // namespace

void tell_supervisor(const std::string& command) { write_all(command); }

void tell_supervisor_the_end() { write_all(std::string_view(&end_mark, 1)); }

int supervised(const std::function<int()>& work) {
  std::array<int, 2> ends{};
  std::fflush(nullptr);  // or both processes would write what is buffered
  // A signal that comes before this process can pass it on has to wait.
  sigset_t passed_on;
  sigset_t before;
  sigemptyset(&passed_on);
  sigaddset(&passed_on, SIGINT);
  sigaddset(&passed_on, SIGTERM);
  sigprocmask(SIG_BLOCK, &passed_on, &before);
  const pid_t parent = getpid();
  const pid_t child = pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0 ? fork() : -1;
  if (child < 0) {
    throw misuse_error("a process for the campaign could not be started");
  }
  if (child > 0) {
    close(ends[1]);
    child_process = child;
    std::signal(SIGINT, pass_on);
    std::signal(SIGTERM, pass_on);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    const int status = wait_for(child);
    const std::string said = read_what_is_there(ends[0]);
    close(ends[0]);
    return judge(status, said);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  close(ends[0]);
  to_supervisor = ends[1];
  // Nobody else would end a channel that hangs, once the supervisor was killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(unknown);
  }
  try {
    const int status = work();
    tell_supervisor_the_end();
    return status;
  } catch (...) {
    tell_supervisor_the_end();
    throw;
  }
}

}  // namespace plumbline::cli

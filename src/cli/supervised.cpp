#include "cli/supervised.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory_resource>
#include <string>

#include "cli/exit_codes.hpp"
#include "cli/misuse_error.hpp"
#include "plumbline/oracle/black_box.hpp"

namespace plumbline::cli {
namespace {

// What the processes tell each other, in memory that they share.
struct notes {
  std::atomic<bool> done{false};
  std::atomic<bool> interrupted{false};
};
notes* shared = nullptr;

volatile pid_t child_process = 0;  // in the parent; read by a signal handler

void pass_on(int signal) {
  shared->interrupted.store(true);
  kill(child_process, signal);
}

// In the parent the child's number; in the child 0.
pid_t start_child() {
  std::fflush(nullptr);  // or both processes would write what is buffered
  shared->done.store(false);
  // A signal that comes before this process can pass it on has to wait.
  sigset_t passed_on;
  sigset_t before;
  sigemptyset(&passed_on);
  sigaddset(&passed_on, SIGINT);
  sigaddset(&passed_on, SIGTERM);
  sigprocmask(SIG_BLOCK, &passed_on, &before);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    throw misuse_error("a process for the campaign could not be started");
  }
  if (child > 0) {
    child_process = child;
    std::signal(SIGINT, pass_on);
    std::signal(SIGTERM, pass_on);
  } else {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    // Nobody else would end a channel that hangs, once the supervisor was killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
      _exit(unknown);
    }
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return child;
}

int in_the_child(const std::function<int()>& work) {
  try {
    const int status = work();
    tell_supervisor_the_end();
    return status;
  } catch (...) {
    tell_supervisor_the_end();
    throw;
  }
}

// How it ended, or that it stopped itself; then it is ended. (SIGTSTP is the terminal's, and comes to this process,
// too.)
int wait_for(pid_t child) {
  int status = 0;
  for (;;) {
    if (waitpid(child, &status, WUNTRACED) < 0) {
      if (errno != EINTR) {
        return status;
      }
    } else if (!WIFSTOPPED(status)) {
      return status;
    } else if (WSTOPSIG(status) == SIGSTOP) {
      kill(child, SIGKILL);
      int killed = 0;
      while (waitpid(child, &killed, 0) < 0 && errno == EINTR) {
      }
      return status;
    }
  }
}

sudden_end end_of(int status) {
  if (WIFEXITED(status)) {
    return {fmt::format("it, or a sanitizer that found something in it, ended the process (exit code {})",
                        WEXITSTATUS(status)),
            false};
  }
  if (WIFSTOPPED(status)) {
    return {"it stopped the process (SIGSTOP)", false};
  }
  const int signal = WTERMSIG(status);
  constexpr std::array from_outside = {SIGKILL, SIGINT, SIGTERM, SIGQUIT, SIGXCPU};
  const char* const abbreviation = sigabbrev_np(signal);  // a real-time signal has none
  const std::string name =
      fmt::format("SIG{} ({})", abbreviation == nullptr ? std::to_string(signal) : abbreviation, strsignal(signal));
  if (std::ranges::find(from_outside, signal) != from_outside.end()) {
    return {"the campaign was ended from outside, by " + name, true};
  }
  return {"it ended with " + name, false};
}

}  // namespace

void tell_supervisor_the_end() { shared->done.store(true); }

void only_note_interrupts() {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
}

bool was_interrupted() { return shared->interrupted.load(); }

int supervised(const std::function<int()>& work, const std::function<int(const sudden_end&)>& post_mortem) {
  shared = std::pmr::polymorphic_allocator<>(oracle::shared_memory()).new_object<notes>();
  const pid_t worker = start_child();
  if (worker == 0) {
    return in_the_child(work);
  }
  const int status = wait_for(worker);
  if (WIFEXITED(status) && shared->done.load()) {
    return WEXITSTATUS(status);
  }
  const sudden_end end = end_of(status);
  const pid_t coroner = shared->done.load() ? -1 : start_child();
  if (coroner == 0) {
    return in_the_child([&] { return post_mortem(end); });
  }
  if (coroner > 0) {
    if (const int said = wait_for(coroner); WIFEXITED(said) && shared->done.load()) {
      return WEXITSTATUS(said);
    }
  }
  fmt::print(stderr, "plumbline: the channel's process is gone: {}\n", end.how);
  return end.from_outside ? unknown : violates;
}

}  // namespace plumbline::cli

#include "plumbline/oracle/black_box.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <new>

#include "plumbline/oracle/program.hpp"

namespace plumbline::oracle {
namespace {

class shared_pages : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t /*alignment*/) override {
    void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) {
      throw std::bad_alloc();
    }
    return pages;
  }
  void do_deallocate(void* pages, std::size_t bytes, std::size_t /*alignment*/) override { munmap(pages, bytes); }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

thread_local running_program* running_on_this_thread = nullptr;

// Only what is allowed in a signal handler.
bool note(running_program::death how) noexcept {
  running_program* const running = running_on_this_thread;
  if (running == nullptr || !running->active.load(std::memory_order_relaxed)) {
    return false;  // what happens here is not the channel's doing, as far as anybody knows
  }
  running->died.store(how, std::memory_order_relaxed);
  return true;
}

// SA_RESETHAND has restored the default. The signal is blocked until this returns, and comes then.
void note_signal(int signal) {
  note(running_program::death::signal);
  raise(signal);
}

// Not to go on: what exit does next may wait for threads that still run.
void note_exit() {
  if (note(running_program::death::exit)) {
    _exit(EXIT_FAILURE);
  }
}

}  // namespace

std::pmr::memory_resource* shared_memory() noexcept {
  static shared_pages pages;
  return &pages;
}

black_box::job::job(std::pmr::memory_resource* memory)
    : recorded(max_senders + 2, most_operations_of_a_thread, memory) {}

black_box::black_box(unsigned how_many_jobs, std::pmr::memory_resource* memory) : jobs(memory) {
  for (unsigned i = 0; i < how_many_jobs; ++i) {
    jobs.emplace_back(memory);
  }
}

const black_box::job& black_box::last() const noexcept {
  const auto died = std::ranges::find_if(
      jobs, [](const job& one) { return one.running.died.load() != running_program::death::none; });
  const auto active = std::ranges::find_if(jobs, [](const job& one) { return one.running.active.load(); });
  return died != jobs.end() ? *died : active != jobs.end() ? *active : jobs.front();
}

void note_running_on_this_thread(running_program* running) noexcept { running_on_this_thread = running; }

void note_deaths() {
  std::atexit(note_exit);
  std::at_quick_exit(note_exit);
  struct sigaction action{};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace plumbline::oracle

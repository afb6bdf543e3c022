// explore(): runs a client under one of Relacy's schedulers, execution after execution.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "running.hpp"
#include "world.hpp"

namespace plumbline::stress {
namespace {

using running::at;
using running::condition_name;
using running::current;
using running::fail_as;
using running::thread_state;
using running::witness_name;
using world::place;

// Relacy replaces the global operators new and delete, inline. Naming them here makes this file define them for the
// whole program, which was compiled without Relacy elsewhere.
[[maybe_unused, gnu::used]] void* (*const new_of_relacy[])(std::size_t) = {&operator new, &operator new[] };
[[maybe_unused, gnu::used]] void (*const delete_of_relacy[])(void*) = {&operator delete, &operator delete[] };
}  // namespace
}  // namespace plumbline::stress

// Of what asks to be on a cache line of its own (the core) as well. Relacy's blocks begin at multiples of 16, and
// nothing goes wrong on any other line.
void* operator new(std::size_t size, std::align_val_t) { return ::operator new(size); }
void operator delete(void* block, std::align_val_t) noexcept { ::operator delete(block); }

namespace plumbline::stress {
namespace {

void on_signal(int signal) {
  if (!current.running) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  fail_as(rl::test_result_user_assert_failed,
          signal == SIGABRT ? "the program stopped itself: a precondition or an assertion does not hold"
                            : "the program crashed: it used memory that is not there",
          place::current());
}

// In which thread what is asleep: said when nothing can move any more.
std::string who_is_stuck() {
  std::string said;
  for (std::size_t thread = 0; thread < current.program->threads(); ++thread) {
    const thread_state& state = current.threads[thread];
    if (state.asleep_on || state.waits_for_mutex) {
      said += said.empty() ? "" : ", ";
      said += current.program->name_of(thread);
      said += state.asleep_on ? " sleeps on " + condition_name(*state.asleep_on) : " waits for the mutex";
    }
  }
  return said;
}

std::string words_for(rl::test_result_e result) {
  switch (result) {
    case rl::test_result_deadlock:
      return "deadlock: " + who_is_stuck() + ", and nobody is left to change that";
    case rl::test_result_livelock:
      return "livelock: no end in sight after 2000 steps";
    case rl::test_result_data_race:
      return "data race: two accesses to " + witness_name(*current.used_last) + " that nothing orders";
    case rl::test_result_unitialized_access:
      return "an atomic is read before what was first written to it can be seen: nothing orders the two";
    case rl::test_result_access_to_freed_memory:
      return "a mutex, a condition variable or an atomic is used after it was destroyed";
    default:
      return std::string(rl::test_result_str(result));
  }
}

template <rl::thread_id_t Threads>
struct suite : rl::test_suite<suite<Threads>, Threads> {
  void before() {
    if (current.number > 0 && std::chrono::steady_clock::now() - current.began > current.time) {
      current.in_time = false;
      rl::ctx().rl_until("time", at(place::current()));
    }
    ++current.number;
    if (current.traced != 0 && current.number > current.traced) {
      rl::ctx().rl_until("traced", at(place::current()));
    }
    current.memory.reset();
    current.mutexes.reset();
    current.conditions.reset();
    current.witnesses.reset();
    current.atomics.reset();
    current.threads.fill({});
    current.now = {};
    current.set_forward = {};
    current.spurious_wake_left = current.search.how != search::kind::random;
    current.begun = false;
    current.running = true;
    current.program->begin();
    current.begun = true;
  }
  void thread(unsigned index) { current.program->run(index); }
  void after() {
    current.program->end();
    current.begun = false;
    if (current.memory.live() != 0) {
      fail_as(rl::test_result_memory_leak, "memory is not given back", place::current());
    }
    current.running = false;
  }
};

template <rl::thread_id_t Threads, class Scheduler>
class context final : public rl::context_impl<suite<Threads>, Scheduler> {
 public:
  using rl::context_impl<suite<Threads>, Scheduler>::context_impl;

  // Relacy's own free() makes the reuse of memory a choice of the scheduler, which doubles the interleavings for each
  // value and shows nothing in a channel that does not compare addresses.
  void* alloc(std::size_t size) override {
    if (!current.running || current.outside != 0) {
      return std::malloc(size);
    }
    return current.memory.allocate(size);
  }
  void free(void* p) override {
    if (!current.memory.contains(p)) {
      std::free(p);
    } else if (!current.memory.release(p)) {
      fail_as(rl::test_result_double_free, "memory is given back twice", place::current());
    }
  }
};

template <rl::thread_id_t Threads, class Scheduler>
exploration run(rl::test_params& parameters) {
  typename Scheduler::shared_context_t shared;
  rl::ostringstream state;
  rl::istringstream from_the_beginning;
  exploration result;
  const auto started = std::chrono::steady_clock::now();
  const auto relacy = std::make_unique<context<Threads, Scheduler>>(parameters, shared);
  const rl::test_result_e verdict = relacy->simulate(state, from_the_beginning, false);
  current.running = false;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  result.executions = current.number;
  result.in_time = current.in_time;
  if (verdict != rl::test_result_success && verdict != rl::test_result_until_condition_hit) {
    result.failed = failure{current.verdict.empty() ? words_for(verdict) : current.verdict, {}};
  }
  return result;
}

template <rl::thread_id_t Threads>
exploration run(rl::test_params& parameters) {
  switch (current.search.how) {
    case search::kind::bound:
      return run<Threads, rl::context_bound_scheduler<Threads>>(parameters);
    case search::kind::full:
      return run<Threads, rl::full_search_scheduler<Threads>>(parameters);
    case search::kind::random:
      return run<Threads, rl::random_scheduler<Threads>>(parameters);
  }
  std::abort();
}

}  // namespace

exploration explore(client& program, search how, std::uint64_t traced, std::chrono::duration<double> time) {
  rl::ostringstream unread;
  rl::test_params parameters;
  parameters.output_stream = &unread;
  parameters.progress_stream = &unread;
  parameters.search_type = how.how == search::kind::bound    ? rl::sched_bound
                           : how.how == search::kind::random ? rl::sched_random
                                                             : rl::sched_full;
  parameters.context_bound = static_cast<unsigned>(how.limit);
  parameters.iteration_count = how.limit;

  current.search = how;
  current.program = &program;
  current.number = 0;
  current.traced = traced;
  current.time = time;
  current.began = std::chrono::steady_clock::now();
  current.in_time = true;
  current.verdict.clear();
  current.outside = 0;
  current.trace.clear();
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGABRT, &action, nullptr);
  sigaction(SIGSEGV, &action, nullptr);

  exploration result;
  switch (program.threads()) {
    case 2:
      result = run<2>(parameters);
      break;
    case 3:
      result = run<3>(parameters);
      break;
    case 4:
      result = run<4>(parameters);
      break;
    default:
      give_up("a program has 2 to 4 threads");
  }
  if (result.failed && traced == result.executions) {
    std::vector<std::string> names;
    for (std::size_t thread = 0; thread < program.threads(); ++thread) {
      names.emplace_back(program.name_of(thread));
    }
    result.failed->trace = current.trace.text(names);
  }
  return result;
}

}  // namespace plumbline::stress

#include "world.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "arena.hpp"
#include "trace.hpp"

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

namespace plumbline::stress {
namespace {

using world::id;
using world::instant;
using world::place;

// Relacy replaces the global operators new and delete, inline. Naming them here makes this file define them for the
// whole program, which was compiled without Relacy elsewhere.
[[maybe_unused, gnu::used]] void* (*const new_of_relacy[])(std::size_t) = {&operator new, &operator new[] };
[[maybe_unused, gnu::used]] void (*const delete_of_relacy[])(void*) = {&operator delete, &operator delete[] };

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
execution current;

rl::debug_info at(place where) { return {where.function_name(), where.file_name(), where.line()}; }

// What the channel makes later than begin() is the offer of a core.
std::string condition_name(id which) {
  const auto names = current.program->condition_names();
  const auto n = std::to_underlying(which);
  if (n < current.conditions_at_first || names.empty()) {
    return n < names.size() ? names[n] : "a condition variable";
  }
  return n < most_objects ? std::string("answered of ") + current.program->name_of(current.makers[n]) : "nothing";
}
std::string witness_name(id which) {
  const auto names = current.program->data_names();
  const auto n = std::to_underlying(which);
  return n < names.size() ? names[n] : "shared data";
}

thread_state& self() { return current.threads[world::this_thread()]; }

void note_at(const std::string& what, place where) {
  const world::outside scope;
  current.trace.add(world::this_thread(), what, where);
}

[[noreturn]] void fail_as(rl::test_result_e kind, std::string_view because, place where) {
  {
    const world::outside scope;
    current.verdict = because;
  }
  current.running = false;
  rl::ctx().fail_test("", kind, at(where));
  std::abort();  // not reached: Relacy has left this fiber for good
}

// An object that is gone: told from a number that was, perhaps, read from memory that is gone, too.
template <class T>
T& alive(slots<T>& all, id which, const char* what, place where) {
  T* const found = all.find(which);
  if (found == nullptr) {
    fail_as(rl::test_result_access_to_freed_memory, std::string("a ") + what + " is used after it was destroyed",
            where);
  }
  return *found;
}

rl::memory_order relacy_order(std::memory_order order) {
  switch (order) {
    case std::memory_order::relaxed:
      return rl::mo_relaxed;
    case std::memory_order::acquire:
      return rl::mo_acquire;
    case std::memory_order::release:
      return rl::mo_release;
    default:
      return rl::mo_seq_cst;
  }
}

// Atomics have a number each, in the order in which they are made.
void note_access(const char* what, id atomic, std::uint64_t value, place where) {
  if (world::tracing()) {
    note_at(std::string(what) + " atomic " + std::to_string(std::to_underlying(atomic)) + ": " +
                (current.memory.contains(std::bit_cast<const void*>(static_cast<std::uintptr_t>(value)))
                     ? "an address"
                     : std::to_string(value)),
            where);
  }
}

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

namespace world {

id make_mutex() { return current.mutexes.make(); }

void unmake_mutex(id mutex) { current.mutexes.unmake(mutex); }

void lock(id mutex, place where) {
  rl::mutex& locked = alive(current.mutexes, mutex, "mutex", where);
  self().waits_for_mutex = true;
  locked.lock(at(where));
  self().waits_for_mutex = false;
  self().in_mutex = true;
  if (tracing()) {
    note_at("locks the mutex", where);
  }
}

void unlock(id mutex, place where) {
  rl::mutex& locked = alive(current.mutexes, mutex, "mutex", where);
  self().in_mutex = false;
  locked.unlock(at(where));
  if (tracing()) {
    note_at("unlocks the mutex", where);
  }
}

id make_condition() {
  const id made = current.conditions.make();
  current.conditions.find(made)->init(true, at(place::current()));
  current.makers[std::to_underlying(made)] = this_thread();
  if (!current.begun) {
    current.conditions_at_first = std::to_underlying(made) + 1;
  }
  return made;
}

void unmake_condition(id condition) {
  current.conditions.find(condition)->deinit(at(place::current()));
  current.conditions.unmake(condition);
}

void wait(id condition, id mutex, std::optional<instant> deadline, place where) {
  relacy_condition& slept_on = alive(current.conditions, condition, "condition variable", where);
  rl::mutex& held = alive(current.mutexes, mutex, "mutex", where);
  if (tracing()) {
    note_at("sleeps on " + condition_name(condition), where);
  }
  // Relacy wakes nobody for no reason unless it searches at random. To wake at once, and to come late to the mutex, is
  // the same for everyone else as to wake later, so this one choice stands for all instants.
  if (current.spurious_wake_left && rl::rand(2) != 0) {
    current.spurious_wake_left = false;
    self().in_mutex = false;
    held.unlock(at(where));
    self().waits_for_mutex = true;
    held.lock(at(where));
    self().waits_for_mutex = false;
    self().in_mutex = true;
    if (tracing()) {
      note_at("wakes for no reason", where);
    }
    return;
  }
  self().in_mutex = false;
  self().asleep_on = condition;
  const rl::sema_wakeup_reason reason = slept_on.wait(held, deadline.has_value(), at(where));
  self().asleep_on.reset();
  self().in_mutex = true;
  if (reason == rl::sema_wakeup_reason_timeout) {
    current.now = std::max(current.now, *deadline);
  }
  if (tracing()) {
    note_at(reason == rl::sema_wakeup_reason_timeout    ? "wakes: it is time"
            : reason == rl::sema_wakeup_reason_spurious ? "wakes for no reason"
                                                        : "wakes, notified",
            where);
  }
}

void notify_one(id condition, place where) {
  alive(current.conditions, condition, "condition variable", where).notify_one(at(where));
  if (tracing()) {
    note_at("notifies " + condition_name(condition), where);
  }
}

void notify_all(id condition, place where) {
  alive(current.conditions, condition, "condition variable", where).notify_all(at(where));
  if (tracing()) {
    note_at("notifies all on " + condition_name(condition), where);
  }
}

id make_witness() { return current.witnesses.make(0); }

void unmake_witness(id witness) { current.witnesses.unmake(witness); }

void access(id witness, place where) {
  if (tracing()) {
    note_at("uses " + witness_name(witness), where);
  }
  current.used_last = witness;
  alive(current.witnesses, witness, "shared variable", where)(at(where)) = 0;
}

id make_atomic(std::uint64_t initial) {
  const id made = current.atomics.make();
  const rl::preemption_disabler nobody_knows_it(rl::ctx());  // so there is nothing for the scheduler to choose
  current.atomics.find(made)->store(initial, rl::mo_relaxed, at(place::current()));
  return made;
}

void unmake_atomic(id atomic) { current.atomics.unmake(atomic); }

std::uint64_t load(id atomic, std::memory_order order, place where) {
  const std::uint64_t found = alive(current.atomics, atomic, "atomic", where).load(relacy_order(order), at(where));
  note_access("reads", atomic, found, where);
  return found;
}

void store(id atomic, std::uint64_t value, std::memory_order order, place where) {
  alive(current.atomics, atomic, "atomic", where).store(value, relacy_order(order), at(where));
  note_access("writes", atomic, value, where);
}

std::uint64_t exchange(id atomic, std::uint64_t value, place where) {
  const std::uint64_t found =
      alive(current.atomics, atomic, "atomic", where).exchange(value, rl::mo_seq_cst, at(where));
  note_access("exchanges", atomic, found, where);
  return found;
}

std::uint64_t fetch_add(id atomic, std::uint64_t value, place where) {
  const std::uint64_t found =
      alive(current.atomics, atomic, "atomic", where).fetch_add(value, rl::mo_seq_cst, at(where));
  note_access("adds to", atomic, found, where);
  return found;
}

std::uint64_t fetch_or(id atomic, std::uint64_t value, place where) {
  const std::uint64_t found =
      alive(current.atomics, atomic, "atomic", where).fetch_or(value, rl::mo_seq_cst, at(where));
  note_access("sets bits of", atomic, found, where);
  return found;
}

bool compare_exchange(id atomic, std::uint64_t& expected, std::uint64_t value, place where) {
  const bool done = alive(current.atomics, atomic, "atomic", where)
                        .compare_exchange_strong(expected, value, rl::mo_seq_cst, at(where));
  note_access(done ? "exchanges" : "does not exchange", atomic, expected, where);
  return done;
}

void fence(place where) {
  rl::atomic_thread_fence(rl::mo_seq_cst, at(where));
  if (tracing()) {
    note_at("fence", where);
  }
}

void spin(place where) {
  if (tracing()) {
    note_at("waits for another thread", where);
  }
  rl::yield(1, at(where));
}

instant look_at_clock() {
  if (rl::rand(2) != 0) {
    current.now += std::chrono::seconds(1);
  }
  return current.now;
}

instant look_at_settable_clock() {
  if (rl::rand(2) != 0) {
    current.set_forward += std::chrono::hours(1);
    note("somebody sets the clock an hour forward");
  }
  return look_at_clock() + current.set_forward;
}

instant time() { return current.now; }

std::size_t this_thread() { return rl::thread_index(); }

bool holds_mutex() { return self().in_mutex; }

void fail(std::string_view because) { fail_as(rl::test_result_user_assert_failed, because, place::current()); }

bool tracing() { return current.traced != 0 && current.number == current.traced && current.begun; }

void note(std::string_view what) {
  if (tracing()) {
    const outside scope;
    current.trace.add(this_thread(), std::string(what), std::nullopt);
  }
}

outside::outside() noexcept { ++current.outside; }
outside::~outside() { --current.outside; }

}  // namespace world

}  // namespace plumbline::stress

// What the explored program calls, made out of Relacy.

#include "world.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>
#include <utility>

#include "running.hpp"

namespace plumbline::stress {
namespace running {

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

[[noreturn]] void fail_as(rl::test_result_e kind, std::string_view because, place where) {
  {
    const world::outside scope;
    current.verdict = because;
  }
  current.running = false;
  rl::ctx().fail_test("", kind, at(where));
  std::abort();  // not reached: Relacy has left this fiber for good
}

}  // namespace running

namespace {

using running::at;
using running::condition_name;
using running::current;
using running::fail_as;
using running::relacy_condition;
using running::thread_state;
using running::witness_name;
using world::id;
using world::instant;
using world::place;

thread_state& self() { return current.threads[world::this_thread()]; }

void note_at(const std::string& what, place where) {
  const world::outside scope;
  current.trace.add(world::this_thread(), what, where);
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

}  // namespace

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

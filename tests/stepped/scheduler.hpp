#pragma once
// A deterministic scheduler of real threads over virtual mutexes, condition variables and a virtual clock.
//
// A *logical thread* is an operating-system thread that moves only while it holds the baton. The *driver* (the thread
// of the test) gives it the baton with step(), and gets it back when that thread comes to its next scheduling point:
// before it locks a mutex, before it notifies, when it falls asleep, and when its operation has ended. These are all
// the points that matter: what lies between two of them touches only what a mutex guards, and then a mutex is held
// (which stepped_sync::shared verifies), or what no other thread sees. A schedule is thus a sequence of choices, and
// nothing else is left to chance: the same choices give the same execution.
//
// Not for questions of memory order: handing over the baton synchronizes, so ThreadSanitizer sees no race here.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "stepped/baton.hpp"

namespace plumbline::test {

// Stands still but for scheduler::advance().
struct virtual_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<virtual_clock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};

// What a logical thread is about.
enum class activity {
  idle,         // no operation is posted
  ready,        // goes on as soon as it is given a step
  wants_mutex,  // likewise, if nobody holds the mutex
  asleep        // first it has to be notified, or woken by the clock, or for no reason
};

// The driver's end. One exists at a time; what uses it is made, used and destroyed in its lifetime. The driver may
// itself call operations that do not block, as long as no logical thread is inside a critical section. Misuse, and code
// under test that breaks the rules of mutexes and condition variables, stop the program with a sentence and a table of
// who is where.
class scheduler {
 public:
  using thread_id = std::size_t;  // the place of its name in the constructor's list
  using thread_ids = std::vector<thread_id>;

  // Decides what is open: returns one of `candidates`, of which there are at least two, in ascending order.
  enum class question { who_runs, who_is_notified };
  using chooser = std::function<thread_id(question, const thread_ids& candidates)>;
  static thread_id first(question, const thread_ids& candidates) { return candidates.front(); }

  explicit scheduler(const std::vector<std::string>& names, chooser choose = first) : choose_(std::move(choose)) {
    require(std::exchange(current_, this) == nullptr, "a second scheduler is made");
    driver_.name = "the driver";
    for (const std::string& name : names) {
      threads_.emplace_back().name = name;
    }
    for (logical_thread& each : threads_) {
      each.runs_on = std::thread([this, &each] { live(each); });
    }
  }
  ~scheduler() {
    for (logical_thread& each : threads_) {
      require(each.now == activity::idle, "the scheduler is destroyed while an operation is in progress");
      each.baton.release();  // without an operation: the end
      each.runs_on.join();
    }
    current_ = nullptr;
  }
  scheduler(const scheduler&) = delete;

  void choose_with(chooser choose) { choose_ = std::move(choose); }
  // Gives an idle thread an operation. It begins with the thread's next step.
  void post(thread_id who, std::function<void()> operation) {
    require(is(who, activity::idle), "an operation is posted on a thread that is inside another");
    threads_[who].operation = std::move(operation);
    threads_[who].now = activity::ready;
  }

  [[nodiscard]] bool is(thread_id who, activity what) const { return threads_.at(who).now == what; }
  [[nodiscard]] thread_ids asleep() const {
    return those([](const logical_thread& one) { return one.now == activity::asleep; });
  }
  // Who can move. Nobody: quiescence; all that is left is post(), advance() and wake_for_no_reason().
  [[nodiscard]] thread_ids runnable() const {
    return those([this](const logical_thread& one) {
      return one.now == activity::ready || (one.now == activity::wants_mutex && holder_of(one.mutex) == nullptr);
    });
  }

  // Lets a thread that can move go on to its next scheduling point.
  void step(thread_id who) {
    require(std::ranges::count(runnable(), who) == 1, "a thread is given a step that cannot move");
    threads_[who].baton.release();
    driver_.baton.acquire();
  }
  // Steps until quiescence.
  void run() {
    std::size_t steps = 0;
    for (thread_ids able = runnable(); !able.empty(); able = runnable()) {
      step(choose(question::who_runs, able));
      must_rest_after(++steps);
    }
  }
  // For whoever steps until quiescence: so many steps were taken. Operations of a few threads take tens of them; who
  // takes thousands will never come to rest.
  void must_rest_after(std::size_t steps) const {
    require(steps <= 10'000, "it does not come to rest: somebody goes on and on, without sleeping");
  }
  // Moves the clock, and wakes whose deadline that reaches.
  void advance(virtual_clock::duration by) {
    now_ += by;
    for (const thread_id each : asleep()) {
      if (threads_[each].deadline <= now_) {
        wake(each);
      }
    }
  }
  // Wakes a sleeper, as every condition variable may.
  void wake_for_no_reason(thread_id who) {
    require(is(who, activity::asleep), "a thread is woken that does not sleep");
    wake(who);
  }

  // The names, for where(), of the condition variables that the driver makes next, and of those that others make.
  void name_condition_variables(std::deque<std::string> of_driver, std::string of_threads) {
    names_to_come_ = std::move(of_driver);
    name_on_threads_ = std::move(of_threads);
  }
  [[nodiscard]] std::string where(thread_id who) const {
    const logical_thread& one = threads_.at(who);
    if (one.now == activity::asleep) {
      const bool timed = one.deadline != virtual_clock::time_point::max();
      return "asleep on " + condition_variables_.at(one.condition_variable) +
             (timed ? " for " + std::to_string((one.deadline - now_).count()) + " ns more" : "");
    }
    if (one.now == activity::wants_mutex) {
      const logical_thread* const holder = holder_of(one.mutex);
      return holder == nullptr ? "can take the mutex" : "waits for the mutex, which " + holder->name + " holds";
    }
    return one.now == activity::idle ? "idle" : "can go on";
  }
  [[nodiscard]] std::string where_everybody_is() const {
    std::string table;
    for (thread_id each = 0; each < threads_.size(); ++each) {
      table += "  " + threads_[each].name + ": " + where(each) + "\n";
    }
    return table;
  }

  // Stops the program: with the sentence, where everybody is, and what the test has to say about how it came to that.
  [[noreturn]] void fail(const char* sentence) const noexcept {
    std::fflush(nullptr);
    std::fprintf(stderr, "scheduler: %s\n%s%s", sentence, where_everybody_is().c_str(), story_ ? story_().c_str() : "");
    std::_Exit(1);
  }
  void tell_when_it_fails(std::function<std::string()> story) { story_ = std::move(story); }

  // For the primitives, which are known by their address. Called under the baton, by a logical thread or by the driver.
  static scheduler& current() noexcept {
    if (current_ == nullptr) {
      std::fputs("scheduler: a primitive is used while there is no scheduler\n", stderr);
      std::abort();
    }
    return *current_;
  }
  void take(const void* mutex) noexcept {
    if (!on_driver()) {
      self().mutex = mutex;
      pause(activity::wants_mutex);
    }
    require(holders_.try_emplace(mutex, &self()).second, "the driver needs a mutex that a logical thread holds");
  }
  void give(const void* mutex) noexcept {
    require(holder_of(mutex) == &self(), "a mutex is released by a thread that does not hold it");
    holders_.erase(mutex);
  }
  // Whether the thread that asks holds a mutex.
  bool in_critical_section() noexcept {
    return std::ranges::any_of(holders_, [this](const auto& held) { return held.second == &self(); });
  }
  void sleep(const void* mutex, const void* condition_variable, virtual_clock::time_point deadline) noexcept {
    require(!on_driver(), "the driver would sleep");
    give(mutex);
    self().mutex = mutex;
    self().condition_variable = condition_variable;
    self().deadline = deadline;
    pause(deadline <= now_ ? activity::wants_mutex : activity::asleep);
    holders_.emplace(mutex, &self());
  }
  void notify_one(const void* condition_variable) noexcept {
    if (const thread_ids sleepers = before_notifying(condition_variable); !sleepers.empty()) {
      wake(choose(question::who_is_notified, sleepers));
    }
  }
  void notify_all(const void* condition_variable) noexcept {
    std::ranges::for_each(before_notifying(condition_variable), [this](thread_id each) { wake(each); });
  }
  // (Not a pointer to const, which g++ takes for a look at what is not constructed yet.)
  void born(void* condition_variable) noexcept {
    const bool named = on_driver() && !names_to_come_.empty();
    condition_variables_.emplace(condition_variable, named ? names_to_come_.front() : name_on_threads_);
    names_to_come_.erase(names_to_come_.begin(), names_to_come_.begin() + (named ? 1 : 0));
  }
  void gone(const void* condition_variable) noexcept {
    require(sleepers_on(condition_variable).empty(), "a condition variable is destroyed while a thread sleeps on it");
    condition_variables_.erase(condition_variable);
  }

 private:
  friend struct virtual_clock;

  struct logical_thread {
    std::string name;
    activity now = activity::idle;
    const void* mutex = nullptr;               // that it wants, or will want when it wakes
    const void* condition_variable = nullptr;  // on which it sleeps
    virtual_clock::time_point deadline;        // until which it sleeps; max(): there is none
    std::function<void()> operation;
    test::baton baton;
    std::thread runs_on;
  };

  void require(bool holds, const char* otherwise) const noexcept {
    if (!holds) {
      fail(otherwise);
    }
  }
  template <class Predicate>
  [[nodiscard]] thread_ids those(Predicate predicate) const {
    thread_ids found;
    for (thread_id each = 0; each < threads_.size(); ++each) {
      if (predicate(threads_[each])) {
        found.push_back(each);
      }
    }
    return found;
  }
  void wake(thread_id sleeper) noexcept { threads_[sleeper].now = activity::wants_mutex; }
  thread_id choose(question what, const thread_ids& candidates) {
    return candidates.size() == 1 ? candidates.front() : choose_(what, candidates);
  }
  const logical_thread* holder_of(const void* mutex) const noexcept {
    const auto held = holders_.find(mutex);
    return held == holders_.end() ? nullptr : held->second;
  }
  thread_ids sleepers_on(const void* condition_variable) const {
    return those([=](const logical_thread& one) {
      return one.now == activity::asleep && one.condition_variable == condition_variable;
    });
  }

  // The life of a logical thread.
  void live(logical_thread& me) {
    self_ = &me;
    for (me.baton.acquire(); me.operation; me.baton.acquire()) {
      me.operation();
      me.operation = nullptr;  // destroys what it captured, which may be the end of a channel
      me.now = activity::idle;
      driver_.baton.release();
    }
  }
  bool on_driver() const noexcept { return self_ == nullptr; }
  logical_thread& self() noexcept { return on_driver() ? driver_ : *self_; }

  // A scheduling point: gives the baton back, and goes on with the next step.
  void pause(activity until_then) noexcept {
    self_->now = until_then;
    driver_.baton.release();
    self_->baton.acquire();
    self_->now = activity::ready;
  }
  thread_ids before_notifying(const void* condition_variable) noexcept {
    if (!on_driver()) {
      pause(activity::ready);
    }
    require(condition_variables_.contains(condition_variable), "a condition variable is notified that is gone");
    return sleepers_on(condition_variable);
  }

  static inline scheduler* current_ = nullptr;
  static inline thread_local logical_thread* self_ = nullptr;  // null: the driver

  chooser choose_;
  std::deque<logical_thread> threads_;
  logical_thread driver_;
  // Far from both ends of the clock's range, and from zero, so that no test depends on where it starts.
  virtual_clock::time_point now_{std::chrono::hours(1)};
  std::map<const void*, logical_thread*> holders_;          // of the mutexes that are held
  std::map<const void*, std::string> condition_variables_;  // those that exist, with their names
  std::deque<std::string> names_to_come_;
  std::string name_on_threads_ = "a condition variable";
  std::function<std::string()> story_;
};

inline virtual_clock::time_point virtual_clock::now() noexcept { return scheduler::current().now_; }

}  // namespace plumbline::test

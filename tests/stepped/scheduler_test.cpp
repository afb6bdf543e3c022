// The scheduler itself, without a channel: what it knows, what it lets the driver choose, and that it stops a program
// which breaks the rules of mutexes and condition variables. Everything else in this folder rests on it.

#include "stepped/scheduler.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "stepped/schedules.hpp"
#include "stepped/stepped_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;
using lock = stepped_sync::lock;
using thread_ids = scheduler::thread_ids;

// A flag to wait for: the smallest thing that has a mutex and a condition variable.
struct gate {
  stepped_sync::mutex mutex;
  stepped_sync::condition_variable opened;
  stepped_sync::shared<int> open{0};

  void wait() {
    const lock holding(mutex);
    while (open() == 0) {
      opened.wait(mutex);
    }
    --open();
  }
  void let_through(int how_many) {
    const lock holding(mutex);
    open() += how_many;
  }
};

TEST(Scheduler, KnowsWhoSleepsOnWhat) {
  scheduler driver({"guest", "host"});
  driver.name_condition_variables({"opened"}, "unused");
  gate entrance;
  EXPECT_EQ(driver.where_everybody_is(), "  guest: idle\n  host: idle\n");
  driver.post(0, [&] { entrance.wait(); });
  EXPECT_EQ(driver.where(0), "can go on");
  driver.run();
  EXPECT_EQ(driver.where(0), "asleep on opened");
  EXPECT_EQ(driver.asleep(), thread_ids{0});
  EXPECT_TRUE(driver.runnable().empty());
  driver.post(1, [&] {
    entrance.let_through(1);
    entrance.opened.notify_one();
  });
  driver.run();
  EXPECT_EQ(driver.where_everybody_is(), "  guest: idle\n  host: idle\n");
}

TEST(Scheduler, StopsAtEveryPointThatMatters) {
  scheduler driver({"guest", "host"});
  gate entrance;
  driver.post(0, [&] { entrance.wait(); });
  driver.step(0);
  EXPECT_EQ(driver.where(0), "can take the mutex");
  driver.step(0);
  EXPECT_TRUE(driver.is(0, activity::asleep));
  driver.post(1, [&] {
    const lock holding(entrance.mutex);
    entrance.open() = 1;
    entrance.opened.notify_one();
  });
  driver.step(1);  // before the mutex
  driver.step(1);  // before the notification, inside the critical section
  EXPECT_EQ(driver.where(1), "can go on");
  driver.wake_for_no_reason(0);
  EXPECT_EQ(driver.where(0), "waits for the mutex, which host holds");
  EXPECT_EQ(driver.runnable(), thread_ids{1});
  driver.step(1);
  EXPECT_TRUE(driver.is(1, activity::idle));
  EXPECT_EQ(driver.runnable(), thread_ids{0});
  driver.run();
}

TEST(Scheduler, TheDriverChoosesWhomANotificationWakes) {
  for (const scheduler::thread_id favourite : {0U, 1U, 2U}) {
    scheduler driver({"a", "b", "c"}, prefer(favourite));
    gate entrance;
    for (const scheduler::thread_id each : {0U, 1U, 2U}) {
      driver.post(each, [&] { entrance.wait(); });
    }
    driver.run();
    entrance.let_through(1);
    entrance.opened.notify_one();
    driver.run();
    EXPECT_TRUE(driver.is(favourite, activity::idle));
    EXPECT_EQ(driver.asleep().size(), 2U);
    entrance.let_through(2);
    entrance.opened.notify_all();
    driver.run();
    EXPECT_TRUE(driver.asleep().empty());
  }
}

TEST(Scheduler, ADeadlinePassesWhenTheClockReachesItAndNotBefore) {
  scheduler driver({"guest"});
  gate entrance;
  const auto begin = virtual_clock::now();
  driver.post(0, [&] {
    const lock holding(entrance.mutex);
    entrance.opened.wait_until(entrance.mutex, begin + 10ns);
  });
  driver.run();
  EXPECT_EQ(driver.where(0), "asleep on a condition variable for 10 ns more");
  driver.advance(9ns);
  driver.run();
  EXPECT_TRUE(driver.is(0, activity::asleep));
  driver.advance(1ns);
  EXPECT_FALSE(driver.is(0, activity::asleep));
  driver.run();
  EXPECT_EQ(virtual_clock::now(), begin + 10ns);
}

TEST(Scheduler, EveryScheduleMeansEveryOrder) {
  // Three threads with two critical sections each: 6! / (2! 2! 2!) orders. Their first steps lead to the first lock and
  // commute with all others, so the driver takes them first, and without asking.
  std::set<std::string> orders;
  std::size_t schedules = 0;
  every_schedule schedule;
  do {
    scheduler driver({"a", "b", "c"}, schedule.chooser());
    stepped_sync::mutex mutex;
    std::string order;
    for (const scheduler::thread_id each : {0U, 1U, 2U}) {
      driver.post(each, [&, name = "abc"[each]] {
        for (int i = 0; i < 2; ++i) {
          const lock holding(mutex);
          order += name;
        }
      });
      driver.step(each);
    }
    driver.run();
    orders.insert(order);
    ++schedules;
  } while (schedule.next());
  EXPECT_EQ(orders.size(), 90U);
  EXPECT_EQ(schedules, 90U);
}

TEST(Scheduler, TheSameSeedIsTheSameExecution) {
  const auto order_of = [](std::uint64_t seed) {
    scheduler driver({"a", "b"}, at_random(seed));
    stepped_sync::mutex mutex;
    std::string order;
    for (const scheduler::thread_id each : {0U, 1U}) {
      driver.post(each, [&, name = "ab"[each]] {
        for (int i = 0; i < 20; ++i) {
          const lock holding(mutex);
          order += name;
        }
      });
    }
    driver.run();
    return order;
  };
  EXPECT_EQ(order_of(1), order_of(1));
  EXPECT_NE(order_of(1), order_of(2));
}

void take_both(stepped_sync::mutex& one, stepped_sync::mutex& other) {
  const lock holding_one(one);
  const lock holding_other(other);
}

// A deadlock is a state like any other, and the driver sees it. It cannot be undone, though, so it is the end of the
// test.
void deadlock() {
  scheduler driver({"a", "b"});
  stepped_sync::mutex first;
  stepped_sync::mutex second;
  driver.post(0, [&] { take_both(first, second); });
  driver.post(1, [&] { take_both(second, first); });
  driver.step(0);
  driver.step(1);
  driver.step(0);  // has its first mutex, wants the other
  driver.step(1);
  driver.run();
}

TEST(SchedulerDeathTest, SeesADeadlock) {
  EXPECT_DEATH(deadlock(),
               "an operation is in progress\n  a: waits for the mutex, which b holds\n"
               "  b: waits for the mutex, which a holds");
}

template <class Operation>
void on_a_thread(Operation operation) {
  scheduler driver({"culprit"});
  gate entrance;
  driver.post(0, [&] { operation(entrance); });
  driver.run();
}

void notify_the_dead(gate&) {
  std::optional<gate> lived;
  lived.emplace();
  const void* const opened = &lived->opened;
  lived.reset();
  scheduler::current().notify_one(opened);
}

void destroy_under_a_sleeper() {
  scheduler driver({"sleeper"});
  gate entrance;
  driver.post(0, [&] { entrance.wait(); });
  driver.run();
}

TEST(SchedulerDeathTest, SeesThatItNeverComesToRest) {
  EXPECT_DEATH(on_a_thread([](gate& entrance) {
                 for (;;) {
                   const std::scoped_lock again(entrance.mutex);
                 }
               }),
               "does not come to rest: somebody goes on and on");
}

TEST(SchedulerDeathTest, StopsTouchingWithoutTheMutex) {
  EXPECT_DEATH(on_a_thread([](gate& entrance) { ++entrance.open(); }), "what a mutex guards is touched");
}

TEST(SchedulerDeathTest, StopsReleasingAMutexThatIsNotHeld) {
  EXPECT_DEATH(on_a_thread([](gate& entrance) { scheduler::current().give(&entrance.mutex); }),
               "released by a thread that does not hold it");
}

TEST(SchedulerDeathTest, StopsUsingAConditionVariableThatIsGone) {
  EXPECT_DEATH(on_a_thread(notify_the_dead), "a condition variable is notified that is gone");
  EXPECT_DEATH(destroy_under_a_sleeper(),
               "destroyed while a thread sleeps on it\n  sleeper: asleep on a condition variable");
}

void sleep_on_the_driver() {
  const scheduler driver({"idle"});
  gate entrance;
  entrance.wait();
}

void lock_on_the_driver_what_a_thread_holds() {
  scheduler driver({"holder"});
  gate entrance;
  driver.post(0, [&] {
    const lock holding(entrance.mutex);
    entrance.opened.notify_one();
  });
  driver.step(0);
  driver.step(0);
  entrance.let_through(1);
}

TEST(SchedulerDeathTest, StopsADriverThatCannotHaveWhatItWants) {
  EXPECT_DEATH(sleep_on_the_driver(), "the driver would sleep");
  EXPECT_DEATH(lock_on_the_driver_what_a_thread_holds(), "the driver needs a mutex that a logical thread holds");
  EXPECT_DEATH(scheduler({"idle"}).step(0), "given a step that cannot move");
  EXPECT_DEATH(stepped_sync::condition_variable(), "there is no scheduler");
}

}  // namespace
}  // namespace plumbline::test

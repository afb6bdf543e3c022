// The channel where everything is decided by the test: who runs, who is woken, what time it is. Only so can these be
// decided rather than waited for: that somebody sleeps for ever, that a deadline and a value come together, that a
// condition variable wakes the other one, or wakes for no reason. Where it is short enough, every schedule is tried.

#include <gtest/gtest.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"
#include "stepped/schedules.hpp"
#include "stepped/stepped_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;
using thread_id = scheduler::thread_id;
using thread_ids = scheduler::thread_ids;

// The logical threads of all tests here.
constexpr thread_id sender_1 = 0;
constexpr thread_id sender_2 = 1;
constexpr thread_id the_receiver = 2;

const std::vector<std::string> names{"sender 1", "sender 2", "receiver"};

// Runs `body(scheduler)` under every schedule, and returns how many there are.
template <class Body>
std::size_t under_every_schedule(Body body) {
  std::size_t schedules = 0;
  every_schedule schedule;
  do {
    scheduler driver(names, schedule.chooser());
    body(driver);
    ++schedules;
  } while (schedule.next() && !testing::Test::HasFailure());
  return schedules;
}

// If somebody sleeps: says who, on what; and wakes them for no reason, so that a test of a lost wake-up can end.
testing::AssertionResult nobody_sleeps(scheduler& driver) {
  if (driver.asleep().empty()) {
    return testing::AssertionSuccess();
  }
  const std::string table = driver.where_everybody_is();
  for (const thread_id sleeper : driver.asleep()) {
    driver.wake_for_no_reason(sleeper);
  }
  driver.run();
  return testing::AssertionFailure() << "somebody sleeps:\n" << table;
}

TEST(Stepped, AReceiverSleepsOnNotEmptyUntilAValueComes) {
  scheduler driver(names);
  auto [tx, rx] = stepped_channel<int>(driver);
  std::expected<int, recv_error> received;
  driver.post(the_receiver, [&] { received = rx.recv(); });
  driver.run();
  EXPECT_EQ(driver.where(the_receiver), "asleep on not_empty");
  EXPECT_TRUE(tx.send(7));
  driver.run();
  EXPECT_TRUE(driver.is(the_receiver, activity::idle));
  EXPECT_EQ(received, 7);
}

TEST(Stepped, ASenderSleepsOnNotFullOrOnItsOffer) {
  for (const auto& [places, where] : {std::pair{1U, "asleep on not_full"}, std::pair{0U, "asleep on answered"}}) {
    scheduler driver(names);
    auto [tx, rx] = stepped_channel<int>(driver, places);
    for (std::size_t i = 0; i < places; ++i) {
      EXPECT_TRUE(tx.send(0));
    }
    std::expected<void, send_error<int>> sent = std::unexpected(send_error<int>{});
    driver.post(sender_1, [&] { sent = tx.send(7); });
    driver.run();
    EXPECT_EQ(driver.where(sender_1), where);
    EXPECT_TRUE(rx.try_recv());
    driver.run();
    EXPECT_TRUE(driver.is(sender_1, activity::idle));
    EXPECT_TRUE(sent);
  }
}

TEST(Stepped, TheLastSendersDropWakesTheReceiverInEverySchedule) {
  const std::size_t schedules = under_every_schedule([](scheduler& driver) {
    auto [tx, rx] = stepped_channel<int>(driver);
    auto other = tx.clone();
    std::expected<int, recv_error> received = 0;
    driver.post(the_receiver, [&] { received = rx.recv(); });
    driver.post(sender_1, [&] { tx.drop(); });
    driver.post(sender_2, [&] { other.drop(); });
    driver.run();
    EXPECT_TRUE(nobody_sleeps(driver));
    EXPECT_TRUE(is_disconnected(received));
  });
  EXPECT_GE(schedules, 100U);
}

TEST(Stepped, TheReceiversDropWakesEverySenderInEverySchedule) {
  for (const std::size_t places : {0U, 1U}) {
    under_every_schedule([places](scheduler& driver) {
      auto [tx, rx] = stepped_channel<int>(driver, places);
      for (std::size_t i = 0; i < places; ++i) {
        EXPECT_TRUE(tx.send(0));
      }
      bool failed_1 = false;
      bool failed_2 = false;
      driver.post(sender_1, [&] { failed_1 = is_disconnected(tx.send(1), 1); });
      driver.post(sender_2, [&] { failed_2 = is_disconnected(tx.send(2), 2); });
      driver.post(the_receiver, [&] { rx.drop(); });
      driver.run();
      EXPECT_TRUE(nobody_sleeps(driver));
      EXPECT_TRUE(failed_1 && failed_2);
    });
  }
}

TEST(Stepped, NobodySleepsBesideWorkInAnySchedule) {
  for (const std::size_t places : {0U, 1U}) {
    const std::size_t schedules = under_every_schedule([places](scheduler& driver) {
      auto [tx, rx] = stepped_channel<int>(driver, places);
      std::multiset<int> received;
      driver.post(sender_1, [&] { EXPECT_TRUE(tx.send(1)); });
      driver.post(sender_2, [&] { EXPECT_TRUE(tx.send(2)); });
      driver.post(the_receiver, [&] {
        received.insert(rx.recv().value_or(0));
        received.insert(rx.recv().value_or(0));
      });
      driver.run();
      EXPECT_TRUE(nobody_sleeps(driver));
      EXPECT_EQ(received, (std::multiset<int>{1, 2}));
    });
    EXPECT_GE(schedules, 400U);
  }
}

TEST(Stepped, WhicheverSenderIsNotifiedGetsTheRoom) {
  for (const thread_id favourite : {sender_1, sender_2}) {
    scheduler driver(names, prefer(favourite));
    auto [tx, rx] = stepped_channel<int>(driver, 1);
    EXPECT_TRUE(tx.send(7));
    driver.post(sender_1, [&] { EXPECT_TRUE(tx.send(0)); });
    driver.post(sender_2, [&] { EXPECT_TRUE(tx.send(1)); });
    driver.run();
    EXPECT_EQ(rx.recv(), 7);
    driver.run();
    EXPECT_TRUE(driver.is(favourite, activity::idle));
    EXPECT_EQ(driver.asleep(), thread_ids{1 - favourite});
    EXPECT_EQ(rx.recv(), static_cast<int>(favourite));
    driver.run();
    EXPECT_EQ(rx.recv(), static_cast<int>(1 - favourite));
  }
}

TEST(Stepped, AWokenSenderLooksAgainWhetherThereIsRoom) {
  // Sender 1 is notified, but before it has the mutex sender 2 takes the room.
  scheduler driver(names);
  auto [tx, rx] = stepped_channel<int>(driver, 1);
  EXPECT_TRUE(tx.send(0));
  driver.post(sender_1, [&] { EXPECT_TRUE(tx.send(1)); });
  driver.run();
  EXPECT_EQ(rx.recv(), 0);
  EXPECT_EQ(driver.where(sender_1), "can take the mutex");
  EXPECT_TRUE(tx.try_send(2));
  driver.run();
  EXPECT_EQ(driver.where(sender_1), "asleep on not_full");
  EXPECT_EQ(rx.size(), 1U);
  EXPECT_EQ(rx.recv(), 2);
  driver.run();
  EXPECT_EQ(rx.recv(), 1);
}

TEST(Stepped, AReceiverThatWaitsIsRoomForOneValueOnly) {
  scheduler driver(names);
  auto [tx, rx] = stepped_channel<int>(driver, 0);
  std::expected<int, recv_error> received;
  driver.post(the_receiver, [&] { received = rx.recv(); });
  driver.run();
  EXPECT_TRUE(tx.try_send(1));  // handed over, though the receiver has not run yet
  EXPECT_TRUE(is_full(tx.try_send(2), 2));
  driver.run();
  EXPECT_EQ(received, 1);
  EXPECT_TRUE(is_full(tx.try_send(3), 3));
}

// Wakes everybody who sleeps, for no reason, and tells whether all of them sleep again, and where they slept.
bool wakes_and_sleeps_on(scheduler& driver) {
  const std::string before = driver.where_everybody_is();
  for (const thread_id sleeper : driver.asleep()) {
    driver.wake_for_no_reason(sleeper);
  }
  driver.run();
  return driver.where_everybody_is() == before;
}

TEST(Stepped, AWakeUpForNoReasonIsNotSeen) {
  for (const bool timed : {false, true}) {
    const auto patience = timed ? 10ns : stepped_sync::clock::duration::max();
    {
      scheduler driver(names);
      auto [tx, rx] = stepped_channel<int>(driver);
      std::expected<int, recv_timeout_error> received = std::unexpected(recv_timeout_error::timeout);
      driver.post(the_receiver, [&] { received = rx.recv_for(patience); });
      driver.run();
      driver.advance(9ns);
      EXPECT_TRUE(wakes_and_sleeps_on(driver)) << driver.where_everybody_is();
      EXPECT_TRUE(tx.send(7));
      driver.run();
      EXPECT_EQ(received, 7);
    }
    for (const std::size_t places : {0U, 1U}) {
      scheduler driver(names);
      auto [tx, rx] = stepped_channel<int>(driver, places);
      for (std::size_t i = 0; i < places; ++i) {
        EXPECT_TRUE(tx.send(0));
      }
      bool sent = false;
      driver.post(sender_1, [&] { sent = tx.send_for(7, patience).has_value(); });
      driver.run();
      driver.advance(9ns);
      EXPECT_TRUE(wakes_and_sleeps_on(driver)) << driver.where_everybody_is();
      EXPECT_EQ(rx.size(), places);
      EXPECT_TRUE(rx.recv());
      driver.run();
      EXPECT_TRUE(sent);
    }
  }
}

TEST(Stepped, AReceiveTimesOutAtItsDeadlineAndNotBefore) {
  scheduler driver(names);
  auto [tx, rx] = stepped_channel<int>(driver);
  bool timed_out = false;
  driver.post(the_receiver, [&] { timed_out = is_timeout(rx.recv_for(10ns)); });
  driver.run();
  EXPECT_EQ(driver.where(the_receiver), "asleep on not_empty for 10 ns more");
  driver.advance(9ns);
  driver.run();
  EXPECT_TRUE(driver.is(the_receiver, activity::asleep));
  driver.advance(1ns);
  driver.run();
  EXPECT_TRUE(timed_out);
  EXPECT_TRUE(tx.try_send(1));  // and it left nothing behind
  EXPECT_EQ(rx.try_recv(), 1);
}

TEST(Stepped, ADurationBeyondTheClockWaitsForEver) {
  scheduler driver(names);
  auto [tx, rx] = stepped_channel<int>(driver);
  driver.post(the_receiver,
              [&, &from = rx] { EXPECT_TRUE(is_disconnected(from.recv_for(std::chrono::hours::max()))); });
  driver.run();
  EXPECT_EQ(driver.where(the_receiver), "asleep on not_empty");  // without a deadline
  tx.drop();
  driver.run();
  EXPECT_TRUE(driver.is(the_receiver, activity::idle));
}

TEST(Stepped, AnExpiredDeadlineStillTakesWhatIsThere) {
  scheduler driver(names);
  auto [tx, rx] = stepped_channel<int>(driver, 1);
  EXPECT_TRUE(tx.send_until(1, stepped_sync::clock::now() - 1ns));
  EXPECT_EQ(rx.recv_until(stepped_sync::clock::now() - 1ns), 1);
}

TEST(Stepped, AValueThatComesTogetherWithTheDeadlineIsReceived) {
  // The value is there, the receiver was notified, and then its deadline passes before it has run.
  under_every_schedule([](scheduler& driver) {
    auto [tx, rx] = stepped_channel<int>(driver);
    std::expected<int, recv_timeout_error> received;
    driver.post(the_receiver, [&] { received = rx.recv_for(10ns); });
    driver.run();
    EXPECT_TRUE(tx.send(7));
    driver.advance(10ns);
    driver.run();
    EXPECT_EQ(received, 7);
  });
}

TEST(Stepped, RoomThatComesTogetherWithTheDeadlineIsUsed) {
  for (const std::size_t places : {0U, 1U}) {
    scheduler driver(names);
    auto [tx, rx] = stepped_channel<int>(driver, places);
    for (std::size_t i = 0; i < places; ++i) {
      EXPECT_TRUE(tx.send(0));
    }
    bool sent = false;
    driver.post(sender_1, [&] { sent = tx.send_for(7, 10ns).has_value(); });
    driver.run();
    EXPECT_TRUE(rx.recv());
    driver.advance(10ns);
    driver.run();
    EXPECT_TRUE(sent);
  }
}

TEST(Stepped, ADeadlineThatRacesWithAValueLosesNothing) {
  // The deadline passes; the sender comes before or after the receiver has noticed. Either the receiver has the value,
  // or it timed out and the value is in the channel.
  std::set<bool> seen;
  under_every_schedule([&seen](scheduler& driver) {
    auto [tx, rx] = stepped_channel<int>(driver);
    std::expected<int, recv_timeout_error> received;
    driver.post(the_receiver, [&] { received = rx.recv_for(10ns); });
    driver.run();
    driver.post(sender_1, [&] { EXPECT_TRUE(tx.send(7)); });
    driver.advance(10ns);
    driver.run();
    seen.insert(received.has_value());
    EXPECT_EQ(received.has_value() ? 0U : 1U, rx.size());
  });
  EXPECT_EQ(seen.size(), 2U);  // both happen
}

TEST(Stepped, ADeadlineThatRacesWithARendezvousIsDecidedOnce) {
  // Both ends agree whether the value went over, in every schedule.
  std::set<bool> seen;
  under_every_schedule([&seen](scheduler& driver) {
    auto [tx, rx] = stepped_channel<int>(driver, 0);
    bool sent = false;
    std::expected<int, try_recv_error> received;
    driver.post(sender_1, [&] { sent = tx.send_for(7, 10ns).has_value(); });
    driver.run();
    driver.post(the_receiver, [&] { received = rx.try_recv(); });
    driver.advance(10ns);
    driver.run();
    EXPECT_EQ(sent, received.has_value());
    seen.insert(sent);
  });
  EXPECT_EQ(seen.size(), 2U);
}

TEST(Stepped, ATimedOutSendDoesNotSwallowTheNotification) {
  // Both senders wait for the one place. The one that is notified has meanwhile reached its deadline: whether it takes
  // the room or not, the room is not left unused while the other waits.
  under_every_schedule([](scheduler& driver) {
    auto [tx, rx] = stepped_channel<int>(driver, 1);
    EXPECT_TRUE(tx.send(0));
    bool in_time = false;
    driver.post(sender_1, [&] { in_time = tx.send_for(1, 10ns).has_value(); });
    driver.post(sender_2, [&] { EXPECT_TRUE(tx.send(2)); });
    driver.run();
    EXPECT_TRUE(rx.recv());
    driver.advance(10ns);
    driver.run();
    EXPECT_EQ(rx.recv(), in_time ? 1 : 2);
    driver.run();
    EXPECT_TRUE(nobody_sleeps(driver));
  });
}

}  // namespace
}  // namespace plumbline::test

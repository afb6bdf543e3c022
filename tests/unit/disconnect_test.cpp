// What each end learns when the other one goes: never too early (NO-LOSS, RECV-DISCONNECTED, SEND-DISCONNECTED), never
// too late (WAKE-RECV, WAKE-SEND), and from then on always.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

constexpr capacity every_capacity[] = {capacity(), capacity(0), capacity(1), capacity(3)};
constexpr capacity every_buffer[] = {capacity(), capacity(3)};  // of at least three places

TEST(Receiver, ReportsDisconnectedWhenTheLastSenderIsGone) {
  for (const capacity places : every_capacity) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    tx.drop();
    EXPECT_TRUE(is_disconnected(rx.recv()));
    EXPECT_TRUE(is_disconnected(rx.try_recv()));
    EXPECT_TRUE(is_disconnected(rx.recv_for(1h)));
    EXPECT_TRUE(is_disconnected(rx.recv_until(std::chrono::steady_clock::now() + 1h)));
    EXPECT_TRUE(is_disconnected(rx.recv_for(0s)));  // known already: the clock does not come first
  }
}

TEST(Receiver, StaysConnectedAsLongAsAnyCloneLives) {
  auto [tx, rx] = channel<int>();
  sender<int> second = tx.clone();
  sender<int> third = second.clone();
  tx.drop();
  EXPECT_TRUE(is_empty(rx.try_recv()));
  third.drop();
  EXPECT_TRUE(is_empty(rx.try_recv()));
  EXPECT_TRUE(second.send(1));
  EXPECT_EQ(rx.try_recv(), 1);
  second.drop();
  EXPECT_TRUE(is_disconnected(rx.try_recv()));
}

TEST(Receiver, ReportsDisconnectedOnlyWhenDrained) {
  for (const capacity places : every_buffer) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(tx.send(i));
    }
    tx.drop();
    EXPECT_EQ(rx.recv(), 0);
    EXPECT_EQ(rx.try_recv(), 1);
    EXPECT_EQ(rx.recv_for(0s), 2);
    EXPECT_TRUE(is_disconnected(rx.recv()));
  }
}

TEST(Receiver, ReportsDisconnectedForEver) {
  auto [tx, rx] = channel<int>();
  tx.drop();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(is_disconnected(rx.recv()));
    EXPECT_TRUE(is_disconnected(rx.try_recv()));
    EXPECT_TRUE(is_disconnected(rx.recv_for(0s)));
  }
}

TEST(Receiver, TellsEmptyFromDisconnectedInEveryPhase) {
  auto [tx, rx] = channel<int>();
  EXPECT_TRUE(is_empty(rx.try_recv()));
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_TRUE(is_empty(rx.try_recv()));
  tx.drop();
  EXPECT_TRUE(is_disconnected(rx.try_recv()));
}

TEST(Receiver, IsWokenByTheLastSendersDrop) {
  for (const capacity places : every_capacity) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int, watched_sync>(places);
    auto clone = tx.clone();
    auto received = std::async(std::launch::async, [&rx] { return rx.recv(); });
    watched_sync::await_sleepers(1);
    tx.drop();
    EXPECT_EQ(watched_sync::sleepers(), 1U);  // one of two senders: not disturbed
    clone.drop();
    EXPECT_TRUE(is_disconnected(received.get()));
  }
}

// The clock stands still here: an answer before the deadline is an answer that did not wait for it.
TEST(Receiver, LearnsOfTheLastDropBeforeItsDeadline) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx] { return rx.recv_for(1h); });
  watched_sync::await_sleepers(1);
  tx.drop();
  EXPECT_TRUE(is_disconnected(received.get()));
}

TEST(Receiver, RemembersADisconnectThatNobodyWaitedFor) {
  auto [tx, rx] = channel<int, watched_sync>();
  std::jthread([gone = std::move(tx)] {}).join();
  EXPECT_TRUE(is_disconnected(rx.recv()));
}

// A clone that is made while the receiver sleeps counts, and the drop of the original does not end the channel.
TEST(Receiver, SleepsOnWhenASenderIsReplacedByItsClone) {
  auto [tx, rx] = channel<int, watched_sync>();
  for (const bool timed : {false, true}) {
    auto received = std::async(std::launch::async,
                               [&rx, timed] { return timed ? rx.recv_for(1h).value_or(-1) : rx.recv().value_or(-1); });
    watched_sync::await_sleepers(1);
    auto heir = tx.clone();
    tx.drop();
    EXPECT_EQ(watched_sync::sleepers(), 1U);
    EXPECT_TRUE(heir.send(1));
    EXPECT_EQ(received.get(), 1);
    tx = std::move(heir);
  }
}

TEST(Sender, DropOfOneDoesNotDisturbAnothersBlockedSend) {
  for (const std::size_t places : {0U, 1U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int, watched_sync>(places);
    if (places == 1) {
      EXPECT_TRUE(tx.send(0));
    }
    auto sent = std::async(std::launch::async, [mine = tx.clone()] { return mine.send(1); });
    watched_sync::await_sleepers(1);
    tx.drop();
    EXPECT_EQ(watched_sync::sleepers(), 1U);
    if (places == 1) {
      EXPECT_EQ(rx.recv(), 0);
    }
    EXPECT_EQ(rx.recv(), 1);
    EXPECT_TRUE(sent.get());
    EXPECT_TRUE(is_disconnected(rx.recv()));
  }
}

TEST(Sender, EveryOperationReportsThatTheReceiverIsGone) {
  for (const capacity places : every_capacity) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    rx.drop();
    for (int i = 0; i < 2; ++i) {  // and goes on doing so
      EXPECT_TRUE(is_disconnected(tx.send(1), 1));
      EXPECT_TRUE(is_disconnected(tx.try_send(2), 2));
      EXPECT_TRUE(is_disconnected(tx.send_for(3, 1h), 3));
      EXPECT_TRUE(is_disconnected(tx.send_for(4, 0s), 4));
      EXPECT_TRUE(is_disconnected(tx.send_until(5, std::chrono::steady_clock::now() + 1h), 5));
    }
    const sender<int> clone = tx.clone();
    EXPECT_TRUE(is_disconnected(clone.send(6), 6));
  }
}

TEST(Sender, ReportsDisconnectedRatherThanFull) {
  auto [tx, rx] = bounded_channel<int>(1);
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(is_full(tx.try_send(2), 2));
  rx.drop();
  EXPECT_TRUE(is_disconnected(tx.try_send(2), 2));
  EXPECT_TRUE(is_disconnected(tx.send_for(3, 0s), 3));
}

TEST(Sender, AllBlockedOnesAreWokenByTheReceiversDrop) {
  for (const std::size_t places : {0U, 1U, 2U}) {
    for (const bool timed : {false, true}) {
      SCOPED_TRACE(describe(places));
      auto [tx, rx] = bounded_channel<int, watched_sync>(places);
      for (std::size_t i = 0; i < places; ++i) {
        EXPECT_TRUE(tx.send(0));
      }
      std::vector<std::jthread> blocked;
      for (int i = 1; i <= 10; ++i) {
        blocked.emplace_back([mine = tx.clone(), timed, i] {
          EXPECT_TRUE(timed ? is_disconnected(mine.send_for(i, 1h), i) : is_disconnected(mine.send(i), i));
        });
      }
      watched_sync::await_sleepers(10);
      rx.drop();
      EXPECT_EQ(watched_sync::sleepers(), 0U);
    }
  }
}

TEST(Sender, GetsBackTheVeryValueThatWasRefused) {
  auto [tx, rx] = bounded_channel<std::unique_ptr<int>>(1);
  auto value = std::make_unique<int>(7);
  int* const identity = value.get();
  EXPECT_TRUE(tx.send(nullptr));
  auto refused = tx.try_send(std::move(value));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, try_send_failure::full);
  EXPECT_EQ(refused.error().value.get(), identity);
  auto late = tx.send_for(std::move(refused.error().value), 0s);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().value.get(), identity);
  rx.drop();
  auto orphaned = tx.send(std::move(late.error().value));
  ASSERT_FALSE(orphaned);
  EXPECT_EQ(orphaned.error().value.get(), identity);

  auto [other_tx, other_rx] = channel<std::unique_ptr<int>>();
  EXPECT_TRUE(other_tx.send(std::move(orphaned.error().value)));  // and it can be sent elsewhere
  EXPECT_EQ(other_rx.recv().value().get(), identity);
}

TEST(Sender, InALoopSeesTheReceiverGoInTheEnd) {
  for (const capacity places : every_capacity) {
    auto [tx, rx] = make<int>(places);
    const std::jthread consumer([mine = std::move(rx)]() mutable { EXPECT_EQ(mine.recv(), 0); });
    int sent = 0;
    while (tx.send(sent)) {
      ++sent;
    }
    EXPECT_GE(sent, 1);
  }
}

}  // namespace
}  // namespace plumbline::test

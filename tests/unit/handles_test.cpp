// The two ends as objects: clone, move, assign, swap, drop, and what happens when one is used that is none any more.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<sender<int>> && !std::is_copy_assignable_v<sender<int>>);
static_assert(!std::is_copy_constructible_v<receiver<int>> && !std::is_copy_assignable_v<receiver<int>>);
static_assert(!std::is_default_constructible_v<sender<int>> && !std::is_default_constructible_v<receiver<int>>);
static_assert(std::is_nothrow_move_constructible_v<sender<int>> && std::is_nothrow_move_assignable_v<sender<int>>);
static_assert(std::is_nothrow_move_constructible_v<receiver<int>> && std::is_nothrow_move_assignable_v<receiver<int>>);

TEST(Sender, CloneSendsIntoTheSameChannel) {
  life_counts<> life;
  {
    auto [tx, rx] = channel<tracked<>>();  // cloning asks nothing of T
    const auto clone = tx.clone();
    const auto clone_of_clone = clone.clone();
    EXPECT_TRUE(tx.send(tracked<>(life, 1)));
    EXPECT_TRUE(clone.send(tracked<>(life, 2)));
    EXPECT_TRUE(clone_of_clone.send(tracked<>(life, 3)));
    for (int i = 1; i <= 3; ++i) {
      EXPECT_EQ(rx.recv().value().id(), i);
    }
  }
  EXPECT_EQ(life.objects, 0U);
}

TEST(Sender, ManyShortLivedClonesAllDeliver) {
  constexpr int clones = 300;
  auto [tx, rx] = channel<int>();
  const std::jthread maker([mine = std::move(tx)] {
    for (int i = 0; i < clones; i += 2) {
      const std::jthread first([out = mine.clone(), i] { ASSERT_TRUE(out.send(i)); });
      const std::jthread second([out = mine.clone(), i] { ASSERT_TRUE(out.send(i + 1)); });
    }
  });
  std::vector<bool> seen(clones);
  for (auto&& value : rx) {
    ASSERT_FALSE(seen[static_cast<std::size_t>(value)]);
    seen[static_cast<std::size_t>(value)] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), clones);
}

TEST(Sender, OneObjectMayBeSharedByManyThreads) {
  auto [tx, rx] = bounded_channel<int>(2);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&shared = std::as_const(tx)] {
        for (int i = 0; i < 100; ++i) {
          ASSERT_TRUE(shared.send(i));
          ASSERT_TRUE(shared.clone().valid());
        }
      });
    }
    for (int i = 0; i < 300; ++i) {
      ASSERT_TRUE(rx.recv());
    }
  }
  EXPECT_TRUE(is_empty(rx.try_recv()));
  tx.drop();
  EXPECT_TRUE(is_disconnected(rx.try_recv()));
}

TEST(Sender, MovedFromDoesNotCountAsAlive) {
  auto [tx, rx] = channel<int>();
  sender<int> other = std::move(tx);
  EXPECT_FALSE(tx.valid());
  EXPECT_TRUE(other.valid());
  EXPECT_TRUE(is_empty(rx.try_recv()));
  other.drop();
  EXPECT_TRUE(is_disconnected(rx.try_recv()));
}

TEST(Sender, AssignmentDropsTheChannelItHeld) {
  auto [tx, rx] = channel<int>();
  auto [other_tx, other_rx] = channel<int>();
  tx = std::move(other_tx);
  EXPECT_TRUE(is_disconnected(rx.try_recv()));
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(other_rx.recv(), 1);
  auto& self = tx;
  tx = std::move(self);
  EXPECT_TRUE(tx.send(2));
  EXPECT_EQ(other_rx.recv(), 2);
  EXPECT_TRUE(is_empty(other_rx.try_recv()));
  tx = tx.clone();
  EXPECT_TRUE(is_empty(other_rx.try_recv()));
}

TEST(Receiver, AssignmentDropsTheChannelItHeld) {
  life_counts<> life;
  auto [tx, rx] = channel<tracked<>>();
  auto [other_tx, other_rx] = channel<tracked<>>();
  EXPECT_TRUE(tx.send(tracked<>(life, 1)));
  EXPECT_TRUE(other_tx.send(tracked<>(life, 2)));
  rx = std::move(other_rx);
  EXPECT_EQ(life.values, 1U);
  EXPECT_FALSE(tx.send(tracked<>(life, 3)));
  auto& self = rx;
  rx = std::move(self);
  EXPECT_EQ(rx.recv().value().id(), 2);
}

TEST(Channel, EndsCanBeSwapped) {
  auto [tx, rx] = channel<int>();
  auto [other_tx, other_rx] = channel<int>();
  tx.swap(other_tx);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(other_rx.recv(), 1);
  rx.swap(other_rx);
  EXPECT_TRUE(tx.send(2));
  EXPECT_EQ(rx.recv(), 2);
  std::swap(tx, other_tx);
  std::swap(rx, other_rx);
  EXPECT_TRUE(tx.send(3));
  EXPECT_EQ(rx.recv(), 3);
  tx.drop();
  EXPECT_TRUE(is_disconnected(rx.recv()));
  EXPECT_TRUE(is_empty(other_rx.try_recv()));
}

TEST(Channel, DroppingAnEndTwiceDoesNothing) {
  auto [tx, rx] = channel<int>();
  const auto clone = tx.clone();
  tx.drop();
  tx.drop();
  EXPECT_FALSE(tx.valid());
  EXPECT_TRUE(is_empty(rx.try_recv()));
  rx.drop();
  rx.drop();
  EXPECT_FALSE(rx.valid());
}

TEST(Channel, EndsMayBeUsedAndDestroyedOnOtherThreads) {
  auto [tx, rx] = bounded_channel<int>(1);
  std::jthread([mine = std::move(tx)] { EXPECT_TRUE(mine.send(1)); }).join();
  receiver<int> second = std::move(rx);
  std::jthread([&second] { EXPECT_EQ(second.recv(), 1); }).join();
  std::jthread([&second] { EXPECT_TRUE(is_disconnected(second.recv())); }).join();
  std::jthread([mine = std::move(second)] {}).join();
}

// The peer drops the last other handle, and perhaps the channel with it, while this end is still inside an operation.
// What would go wrong is a use after free, which AddressSanitizer and ThreadSanitizer see.
TEST(Channel, MayBeLeftByOneEndWhileTheOtherIsInsideAnOperation) {
  for (int round = 0; round < 300; ++round) {
    for (const capacity places : {capacity(), capacity(0), capacity(1)}) {
      auto [tx, rx] = make<int>(places);
      const std::jthread producer([mine = std::move(tx)]() mutable {
        (void)mine.send(1);  // is still about to notify when the receiver has the value, and goes
        mine.drop();
      });
      const std::jthread consumer([mine = std::move(rx)]() mutable {
        EXPECT_EQ(mine.recv(), 1);
        mine.drop();
      });
    }
  }
}

TEST(HandleDeathTest, UseOfASenderThatIsNoneStopsWithASentence) {
  const char* const sentence = "precondition violated: a sender that was moved from or dropped is not used";
  auto [tx, rx] = channel<int>();
  const sender<int> heir = std::move(tx);
  EXPECT_DEATH((void)tx.send(1), sentence);
  EXPECT_DEATH((void)tx.try_send(1), sentence);
  EXPECT_DEATH((void)tx.send_for(1, 1s), sentence);
  EXPECT_DEATH((void)tx.send_until(1, std::chrono::steady_clock::now()), sentence);
  EXPECT_DEATH((void)tx.clone(), sentence);
  EXPECT_DEATH((void)tx.size(), sentence);
  EXPECT_DEATH((void)tx.empty(), sentence);
  EXPECT_DEATH((void)tx.full(), sentence);
  EXPECT_DEATH((void)tx.capacity(), sentence);
}

TEST(HandleDeathTest, UseOfAReceiverThatIsNoneStopsWithASentence) {
  const char* const sentence = "precondition violated: a receiver that was moved from or dropped is not used";
  auto [tx, rx] = channel<int>();
  rx.drop();
  EXPECT_DEATH((void)rx.recv(), sentence);
  EXPECT_DEATH((void)rx.try_recv(), sentence);
  EXPECT_DEATH((void)rx.recv_for(1s), sentence);
  EXPECT_DEATH((void)rx.recv_until(std::chrono::steady_clock::now()), sentence);
  EXPECT_DEATH((void)rx.begin(), sentence);
  EXPECT_DEATH((void)rx.drain().begin(), sentence);
  EXPECT_DEATH((void)rx.size(), sentence);
  EXPECT_DEATH((void)rx.empty(), sentence);
  EXPECT_DEATH((void)rx.full(), sentence);
  EXPECT_DEATH((void)rx.capacity(), sentence);
}

TEST(HandleDeathTest, UseOfAReceiverByTwoThreadsStopsWithASentence) {
  const auto while_it_waits = [](auto misuse) {
    auto [tx, rx] = channel<int, watched_sync>();
    const std::jthread first([&in = rx] { (void)in.recv(); });
    watched_sync::await_sleepers(1);
    misuse(rx);
  };
  EXPECT_DEATH(while_it_waits([](auto& rx) { (void)rx.try_recv(); }),
               "precondition violated: a receiver is used by one thread at a time");
  EXPECT_DEATH(while_it_waits([](auto& rx) { rx.drop(); }),
               "precondition violated: a receiver is not dropped during its own recv");
}

}  // namespace
}  // namespace plumbline::test

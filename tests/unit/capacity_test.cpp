// CAPACITY and the observers: exactly N fit, never more, and what size(), empty(), full() and capacity() say.

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"

namespace plumbline::test {
namespace {

TEST(Channel, HoldsExactlyItsCapacity) {
  for (const std::size_t places : {1U, 2U, 3U, 5U, 31U, 32U, 33U, 100U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<std::size_t>(places);
    for (std::size_t i = 0; i < places; ++i) {
      EXPECT_FALSE(rx.full());
      EXPECT_TRUE(tx.try_send(i));
    }
    EXPECT_TRUE(rx.full());
    EXPECT_TRUE(is_full(tx.try_send(places), places));
    EXPECT_EQ(rx.size(), places);
  }
}

TEST(Channel, HasRoomForExactlyOneMoreAfterAReceive) {
  for (const std::size_t places : {1U, 3U}) {
    auto [tx, rx] = bounded_channel<int>(places);
    while (tx.try_send(0)) {
    }
    for (int i = 1; i <= 5; ++i) {
      EXPECT_TRUE(rx.recv());
      EXPECT_TRUE(tx.try_send(i));
      EXPECT_TRUE(is_full(tx.try_send(-1), -1));
    }
  }
}

TEST(Channel, KeepsOrderAndCapacityOverManyLaps) {
  for (const std::size_t places : {1U, 2U, 3U, 7U, 32U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<std::size_t>(places);
    std::size_t sent = 0;
    std::size_t received = 0;
    for (std::size_t lap = 0; lap < 200; ++lap) {
      for (std::size_t i = 0; i <= lap % places; ++i) {
        if (tx.try_send(sent)) {
          ++sent;
        } else {
          ASSERT_EQ(sent - received, places);
        }
      }
      for (std::size_t i = 0; i <= (lap * 7) % places; ++i) {
        if (const auto value = rx.try_recv()) {
          ASSERT_EQ(*value, received++);
        } else {
          ASSERT_EQ(sent, received);
        }
      }
      ASSERT_EQ(tx.size(), sent - received);
    }
  }
}

TEST(Channel, CapacityIsWhatWasAskedFor) {
  auto [tx, rx] = channel<int>();
  EXPECT_EQ(tx.capacity(), std::nullopt);
  EXPECT_EQ(rx.capacity(), std::nullopt);
  for (const std::size_t places : {0U, 1U, 3U, 1000U}) {
    auto [bounded_tx, bounded_rx] = bounded_channel<int>(places);
    EXPECT_EQ(bounded_tx.capacity(), places);
    EXPECT_EQ(bounded_rx.capacity(), places);
  }
}

// No memory is set aside for it, so there is no capacity that is too large.
TEST(Channel, AcceptsAnyCapacity) {
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
  auto [tx, rx] = bounded_channel<long>(largest - 1);
  EXPECT_EQ(tx.capacity(), largest - 1);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(rx.recv(), 1);
  auto [boundless_tx, boundless_rx] = bounded_channel<long>(largest);
  EXPECT_EQ(boundless_tx.capacity(), std::nullopt);
  EXPECT_TRUE(boundless_tx.send(1));
  EXPECT_FALSE(boundless_rx.full());
}

TEST(Channel, ObserversAreExactWhenNothingMoves) {
  for (const capacity places : {capacity(), capacity(2)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    for (std::size_t n = 0; n <= 2; ++n) {
      EXPECT_EQ(tx.size(), n);
      EXPECT_EQ(rx.size(), n);
      EXPECT_EQ(tx.empty(), n == 0);
      EXPECT_EQ(rx.empty(), n == 0);
      EXPECT_EQ(tx.full(), places == n);
      EXPECT_EQ(rx.full(), places == n);
      if (n < 2) {
        EXPECT_TRUE(tx.send(0));
      }
    }
  }
}

TEST(Channel, ADisconnectIsNotCountedAsAValue) {
  auto [tx, rx] = channel<int>();
  EXPECT_TRUE(tx.send(1));
  tx.drop();
  EXPECT_EQ(rx.size(), 1U);
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_EQ(rx.size(), 0U);
  EXPECT_TRUE(rx.empty());

  auto [orphan_tx, orphan_rx] = bounded_channel<int>(1);
  EXPECT_TRUE(orphan_tx.send(1));
  orphan_rx.drop();
  EXPECT_EQ(orphan_tx.size(), 0U);  // what was buffered went with the receiver
  EXPECT_TRUE(orphan_tx.empty());
}

TEST(Channel, IsNotFalselyEmptyAfterASendNorFalselyFullAfterAReceive) {
  constexpr int values = 100;  // crosses every block size that a queue may have inside
  auto [tx, rx] = channel<int>();
  for (int i = 0; i < values; ++i) {
    EXPECT_TRUE(tx.send(i));
    EXPECT_FALSE(rx.empty());
    EXPECT_EQ(rx.try_recv(), i);
    EXPECT_TRUE(rx.empty());
  }
  for (int i = 0; i < values; ++i) {
    EXPECT_TRUE(tx.send(i));
  }
  EXPECT_EQ(rx.size(), std::size_t{values});
  for (int i = 0; i < values; ++i) {
    EXPECT_FALSE(rx.empty());
    EXPECT_EQ(rx.try_recv(), i);
  }
  auto [bounded_tx, bounded_rx] = bounded_channel<int>(1);
  for (int i = 0; i < values; ++i) {
    EXPECT_TRUE(bounded_tx.try_send(i));
    EXPECT_TRUE(bounded_rx.try_recv());
  }
}

// Each thread sends, then receives at once what somebody sent: since a send that has ended is there to be received,
// nobody finds the channel empty. The receiver goes from hand to hand, for it has one user at a time.
TEST(Channel, EverySendThatEndedCanBeReceivedAtOnce) {
  auto [tx, rx] = channel<int>();
  std::mutex one_at_a_time;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        ASSERT_TRUE(tx.send(i));
        const std::lock_guard mine(one_at_a_time);
        ASSERT_TRUE(rx.try_recv());
      }
    });
  }
  threads.clear();
  EXPECT_TRUE(is_empty(rx.try_recv()));
}

// The receiver is the only one who takes values away, so what it has seen stays.
TEST(Receiver, FindsTheValueThatItHasSeen) {
  auto [tx, rx] = bounded_channel<int>(2);
  const std::jthread producer([out = std::move(tx)] {
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(out.send(i));
    }
  });
  for (int received = 0; received < 1'000;) {
    if (!rx.empty()) {
      ASSERT_EQ(rx.try_recv(), received++);
    }
  }
}

TEST(Channel, SizeStaysWithinItsBoundsUnderContention) {
  for (const std::size_t places : {0U, 1U, 3U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int>(places);
    std::atomic<bool> ended = false;
    const std::jthread observer([&ended, places, watching = tx.clone()]() mutable {
      while (!ended) {
        ASSERT_LE(watching.size(), places);
      }
    });
    std::vector<std::jthread> producers;
    for (int t = 0; t < 2; ++t) {
      producers.emplace_back([mine = tx.clone()] {
        for (int i = 0; i < 500; ++i) {
          ASSERT_TRUE(mine.send(i));
        }
      });
    }
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(rx.recv());
      ASSERT_LE(rx.size(), places);
    }
    ended = true;
  }
}

}  // namespace
}  // namespace plumbline::test

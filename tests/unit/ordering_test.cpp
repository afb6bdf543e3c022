// INTEGRITY, SENDER-ORDER and FIFO: every value arrives, once, and in an order that its sending explains. Values carry
// who sent them and which one they are; equal values could hide a swap.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

struct tagged {
  std::size_t sender;
  std::size_t number;
};

TEST(Channel, DeliversInSendOrderAtEveryCapacity) {
  constexpr std::size_t values = 10'000;
  for (const capacity places : {capacity(), capacity(0), capacity(1), capacity(3), capacity(199)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<std::size_t>(places);
    const std::jthread producer([out = std::move(tx)] {
      for (std::size_t i = 0; i < values; ++i) {
        ASSERT_TRUE(out.send(i));
      }
    });
    for (std::size_t i = 0; i < values; ++i) {
      ASSERT_EQ(rx.recv(), i);
    }
    EXPECT_TRUE(is_disconnected(rx.recv()));
  }
}

// The same without threads: what is buffered comes out first in, first out.
TEST(Channel, BuffersFirstInFirstOut) {
  for (const capacity places : {capacity(), capacity(4)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    for (int i = 0; i < 4; ++i) {
      EXPECT_TRUE(tx.try_send(i));
    }
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(rx.try_recv(), i);
    }
  }
}

TEST(Channel, KeepsTheOrderOfEachSenderAndLosesNothing) {
  constexpr std::size_t senders = 4;
  constexpr std::size_t each = 2'000;
  for (const capacity places : {capacity(), capacity(0), capacity(1), capacity(7)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<tagged>(places);
    std::vector<std::jthread> producers;
    for (std::size_t s = 0; s < senders; ++s) {
      producers.emplace_back([s, out = tx.clone()] {
        for (std::size_t i = 0; i < each; ++i) {
          ASSERT_TRUE(out.send(tagged{s, i}));
        }
      });
    }
    tx.drop();
    std::vector<std::size_t> next(senders, 0);
    for (auto&& value : rx) {
      ASSERT_LT(value.sender, senders);
      ASSERT_EQ(value.number, next[value.sender]++);
    }
    EXPECT_EQ(next, std::vector<std::size_t>(senders, each));
  }
}

// Two senders take turns, so each send ends before the next one begins: then there is one order for all of them.
TEST(Channel, KeepsTheOrderOfSendsThatDidNotOverlap) {
  constexpr std::size_t values = 2'000;
  for (const capacity places : {capacity(), capacity(1), capacity(8)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<std::size_t>(places);
    std::atomic<std::size_t> turn = 0;
    std::vector<std::jthread> producers;
    for (std::size_t s = 0; s < 2; ++s) {
      producers.emplace_back([s, &turn, out = tx.clone()] {
        for (std::size_t i = s; i < values; i += 2) {
          while (turn != i) {
            turn.wait(i - 1);
          }
          ASSERT_TRUE(out.send(i));
          turn = i + 1;
          turn.notify_all();
        }
      });
    }
    for (std::size_t i = 0; i < values; ++i) {
      ASSERT_EQ(rx.recv(), i);
    }
  }
}

TEST(Channel, PutsTheValueOfABlockedSenderBehindWhatIsBuffered) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(2);
  EXPECT_TRUE(tx.send(0));
  EXPECT_TRUE(tx.send(1));
  const std::jthread blocked([&tx] { EXPECT_TRUE(tx.send(2)); });
  watched_sync::await_sleepers(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rx.recv(), i);
  }
}

}  // namespace
}  // namespace plumbline::test

// for (auto&& value : rx) and rx.drain(): what they yield, when they end, and what they leave behind.

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <iterator>
#include <memory>
#include <ranges>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

static_assert(std::ranges::input_range<receiver<int>>);
static_assert(std::ranges::input_range<receiver<std::unique_ptr<int>>>);
static_assert(std::ranges::input_range<receiver<tracked<>>>);
static_assert(!std::ranges::forward_range<receiver<int>>, "what has been received cannot be received again");
static_assert(std::ranges::input_range<decltype(std::declval<receiver<int>&>().drain())>);

TEST(Iteration, YieldsEveryValueAndEndsOnDisconnect) {
  for (const capacity places : {capacity(), capacity(0), capacity(1)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    const std::jthread producer([out = std::move(tx)] {
      for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(out.send(i));
      }
    });
    int expected = 0;
    for (auto&& value : rx) {
      ASSERT_EQ(value, expected++);
    }
    EXPECT_EQ(expected, 100);
  }
}

TEST(Iteration, WaitsForTheNextValue) {
  auto [tx, rx] = channel<int, watched_sync>();
  EXPECT_TRUE(tx.send(1));
  auto seen = std::async(std::launch::async, [&rx] {
    std::vector<int> values;
    std::ranges::copy(rx, std::back_inserter(values));
    return values;
  });
  watched_sync::await_sleepers(1);
  EXPECT_TRUE(tx.send(2));
  watched_sync::await_sleepers(1);
  tx.drop();
  EXPECT_EQ(seen.get(), (std::vector{1, 2}));
}

TEST(Iteration, LeftEarlyLeavesTheRest) {
  auto [tx, rx] = channel<int>();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(tx.send(i));
  }
  for (auto&& value : rx) {
    if (value == 1) {
      break;
    }
  }
  EXPECT_EQ(rx.size(), 3U);
  EXPECT_EQ(rx.recv(), 2);
  for (auto&& value : rx.drain()) {
    EXPECT_EQ(value, 3);
    break;
  }
  EXPECT_EQ(rx.try_recv(), 4);
  EXPECT_TRUE(tx.send(5));
  EXPECT_EQ(rx.recv(), 5);
}

TEST(Iteration, YieldsWhatWasSentBeforeTheSendersWent) {
  auto [tx, rx] = channel<int>();
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(tx.clone().send(2));
  tx.drop();
  std::vector<int> seen;
  for (auto&& value : rx) {
    seen.push_back(value);
  }
  EXPECT_EQ(seen, (std::vector{1, 2}));
  EXPECT_TRUE(rx.valid());  // it is not used up
  EXPECT_TRUE(is_disconnected(rx.recv()));
}

TEST(Iteration, StaysAtItsEnd) {
  auto [tx, rx] = channel<int>();
  EXPECT_TRUE(tx.send(1));
  tx.drop();
  auto at = rx.begin();
  ASSERT_FALSE(at == rx.end());
  ++at;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(at == rx.end());
    ++at;
  }
  EXPECT_TRUE(rx.begin() == rx.end());
}

TEST(Iteration, OfAnEmptyDisconnectedChannelYieldsNothing) {
  auto [tx, rx] = channel<int>();
  tx.drop();
  for ([[maybe_unused]] auto&& value : rx) {
    ADD_FAILURE();
  }
  for ([[maybe_unused]] auto&& value : rx.drain()) {
    ADD_FAILURE();
  }
}

TEST(Iteration, DestroysEachValueOnceAndBeforeItWaitsForTheNext) {
  life_counts<> life;
  {
    auto [tx, rx] = channel<tracked<>>();
    for (int i = 0; i < 4; ++i) {
      EXPECT_TRUE(tx.send(tracked<>(life, i)));
    }
    EXPECT_EQ(life.values, 4U);
    int expected = 0;
    for (auto&& value : rx) {
      EXPECT_EQ(value.id(), expected++);
      EXPECT_EQ(life.values, 5U - static_cast<unsigned>(expected));  // the earlier ones are gone
      if (expected == 3) {
        break;
      }
    }
    EXPECT_EQ(life.values, 1U);
  }
  EXPECT_EQ(life.values, 0U);
  EXPECT_EQ(life.objects, 0U);
}

TEST(Iteration, GivesTheValueAway) {
  auto [tx, rx] = channel<std::unique_ptr<int>>();
  EXPECT_TRUE(tx.send(std::make_unique<int>(7)));
  tx.drop();
  std::vector<std::unique_ptr<int>> kept;
  for (auto&& value : rx) {
    kept.push_back(std::move(value));
  }
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(*kept.front(), 7);
}

TEST(Iteration, WorksWithStandardViewsAndAMovedIterator) {
  auto [tx, rx] = channel<int>();
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(tx.send(i));
  }
  int sum = 0;
  for (const int value : rx | std::views::take(3)) {
    sum += value;
  }
  EXPECT_EQ(sum, 0 + 1 + 2);

  life_counts<> life;
  {
    auto [tracked_tx, tracked_rx] = channel<tracked<>>();  // not assignable: the iterator is, all the same
    EXPECT_TRUE(tracked_tx.send(tracked<>(life, 1)));
    EXPECT_TRUE(tracked_tx.send(tracked<>(life, 2)));
    auto first = tracked_rx.begin();
    auto second = tracked_rx.begin();
    first = std::move(second);
    EXPECT_EQ((*first).id(), 2);
    EXPECT_EQ(life.values, 1U);
    auto& self = first;
    first = std::move(self);
    EXPECT_EQ((*first).id(), 2);
  }
  EXPECT_EQ(life.objects, 0U);
}

TEST(Drain, YieldsWhatIsThereAndCanBeDoneAgain) {
  auto [tx, rx] = channel<int>();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_TRUE(tx.send(i));
    }
    int expected = 0;
    for (auto&& value : rx.drain()) {
      EXPECT_EQ(value, expected++);
    }
    EXPECT_EQ(expected, 4);
  }
  EXPECT_TRUE(is_empty(rx.try_recv()));  // it ended because nothing was there, not because anyone had gone
}

TEST(Drain, WakesTheSendersThatWait) {
  for (const std::size_t places : {0U, 2U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int, watched_sync>(places);
    while (tx.try_send(0)) {
    }
    std::vector<std::jthread> blocked;
    for (int i = 0; i < 2; ++i) {
      blocked.emplace_back([&tx] { EXPECT_TRUE(tx.send(1)); });
    }
    watched_sync::await_sleepers(2);
    int drained = 0;
    for ([[maybe_unused]] auto&& value : rx.drain()) {
      ++drained;
    }
    EXPECT_GE(drained, 2);
    watched_sync::await_sleepers(0);
  }
}

}  // namespace
}  // namespace plumbline::test

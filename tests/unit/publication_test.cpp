// What an operation makes visible to whom (the Ordering paragraphs of sender.hpp and receiver.hpp). The data are plain,
// so a missing edge is a data race, which ThreadSanitizer reports; without it these tests see little. Nothing but the
// channel may order the threads here: the watched policy would, and so would an assertion that locks.

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"

namespace plumbline::test {
namespace {

constexpr capacity every_capacity[] = {capacity(), capacity(0), capacity(1), capacity(3)};

TEST(Publication, WhatWasWrittenBeforeASendIsSeenAfterItsReceive) {
  for (const capacity places : every_capacity) {
    auto [tx, rx] = make<int*>(places);
    std::vector<int> data(200);
    const std::jthread producer([&data, out = std::move(tx)] {
      for (int& one : data) {
        one = 7;
        (void)out.send(&one);
      }
    });
    while (const auto received = rx.recv()) {
      ASSERT_EQ(**received, 7);
      **received = 8;
    }
  }
}

// Capacity 0 goes the other way, too: the receive has begun before the send ends.
TEST(Publication, WhatWasWrittenBeforeARendezvousReceiveIsSeenAfterTheSend) {
  auto [tx, rx] = bounded_channel<int>(0);
  std::vector<int> data(200);
  const std::jthread consumer([&data, in = std::move(rx)]() mutable {
    for (int& one : data) {
      one = 7;
      (void)in.recv();
    }
  });
  for (int& one : data) {
    ASSERT_TRUE(tx.send(0));
    ASSERT_EQ(one, 7);
    one = 8;
  }
}

// The k-th receive comes before the end of the (k + N)-th send, so a channel of one place is a mutex: send locks it.
TEST(Publication, AChannelOfOnePlaceIsAMutex) {
  auto [lock, unlock] = bounded_channel<int>(1);
  int counter = 0;
  {
    // The receiver has one user at a time; here it is whoever holds the lock.
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&counter, &in = unlock, out = lock.clone()] {
        for (int i = 0; i < 200; ++i) {
          (void)out.send(0);
          ++counter;
          (void)in.try_recv();
        }
      });
    }
  }
  EXPECT_EQ(counter, 600);
}

TEST(Publication, WhatWasWrittenBeforeTheLastDropIsSeenAfterDisconnected) {
  for (const capacity places : every_capacity) {
    for (int round = 0; round < 50; ++round) {
      auto [tx, rx] = make<int>(places);
      int first = 0;
      int second = 0;
      const std::jthread one([&first, mine = tx.clone()]() mutable {
        first = 7;
        mine.drop();
      });
      const std::jthread other([&second, mine = std::move(tx)]() mutable {
        second = 7;
        mine.drop();
      });
      ASSERT_TRUE(is_disconnected(rx.recv()));
      ASSERT_EQ(first + second, 14);
    }
  }
}

TEST(Publication, HoldsForASenderThatWasBlockedAndForARefusedValue) {
  auto [tx, rx] = bounded_channel<std::unique_ptr<int>>(1);
  ASSERT_TRUE(tx.send(std::make_unique<int>(0)));
  const std::jthread blocked([&tx] { (void)tx.send(std::make_unique<int>(7)); });
  ASSERT_TRUE(rx.recv());
  ASSERT_EQ(*rx.recv().value(), 7);
  int written = 0;
  const std::jthread quitter([&written, mine = std::move(rx)]() mutable {
    written = 7;
    mine.drop();
  });
  while (tx.send(std::make_unique<int>(1))) {
  }
  ASSERT_EQ(written, 7);
}

}  // namespace
}  // namespace plumbline::test

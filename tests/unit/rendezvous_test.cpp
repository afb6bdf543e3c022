// Capacity 0 (RENDEZVOUS): nothing is ever stored; a send and a receive succeed together or not at all.

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

bool has_returned(const auto& result) { return result.wait_for(0s) == std::future_status::ready; }

TEST(Rendezvous, TryOperationsFailWithoutAWaitingPeer) {
  auto [tx, rx] = bounded_channel<int>(0);
  EXPECT_TRUE(is_full(tx.try_send(1), 1));
  EXPECT_TRUE(is_empty(rx.try_recv()));
  EXPECT_TRUE(is_full(tx.try_send(2), 2));
}

TEST(Rendezvous, TrySendSucceedsWhenAReceiverWaits) {
  for (const bool timed : {false, true}) {
    auto [tx, rx] = bounded_channel<int, watched_sync>(0);
    auto received = std::async(std::launch::async,
                               [&rx, timed] { return timed ? rx.recv_for(1h).value_or(-1) : rx.recv().value_or(-1); });
    watched_sync::await_sleepers(1);
    EXPECT_TRUE(tx.try_send(1));
    EXPECT_EQ(received.get(), 1);
  }
}

TEST(Rendezvous, TryRecvSucceedsWhenASenderWaits) {
  for (const bool timed : {false, true}) {
    auto [tx, rx] = bounded_channel<int, watched_sync>(0);
    auto sent = std::async(std::launch::async,
                           [&tx, timed] { return timed ? tx.send_for(1, 1h).has_value() : tx.send(1).has_value(); });
    watched_sync::await_sleepers(1);
    EXPECT_EQ(rx.try_recv(), 1);
    EXPECT_TRUE(sent.get());
    EXPECT_TRUE(is_empty(rx.try_recv()));
  }
}

TEST(Rendezvous, SendReturnsOnlyWhenItsValueWasTaken) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto sent = std::async(std::launch::async, [&tx] { return tx.send(1); });
  watched_sync::await_sleepers(1);
  EXPECT_FALSE(has_returned(sent));
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(sent.get());
}

TEST(Rendezvous, AWaitingReceiverAcceptsExactlyOneTrySend) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto received = std::async(std::launch::async, [&rx] { return rx.recv(); });
  watched_sync::await_sleepers(1);
  {
    const watched_sync::pause before_it_takes_the_first;
    EXPECT_TRUE(tx.try_send(1));
    EXPECT_TRUE(is_full(tx.try_send(2), 2));
    EXPECT_TRUE(is_full(tx.clone().try_send(3), 3));
  }
  EXPECT_EQ(received.get(), 1);
  EXPECT_TRUE(is_full(tx.try_send(4), 4));
}

// A blocking send that finds the waiting receiver already provided for must not be taken along with the first.
TEST(Rendezvous, ASecondSenderWaitsForTheNextReceive) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto received = std::async(std::launch::async, [&rx] { return rx.recv(); });
  watched_sync::await_sleepers(1);
  std::future<bool> second;
  {
    const watched_sync::pause before_it_takes_the_first;
    EXPECT_TRUE(tx.try_send(1));
    second = std::async(std::launch::async, [&tx] { return tx.send(2).has_value(); });
    watched_sync::await_sleepers(1);
  }
  EXPECT_EQ(received.get(), 1);
  EXPECT_EQ(watched_sync::sleepers(), 1U);
  EXPECT_FALSE(has_returned(second));
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_TRUE(second.get());
}

TEST(Rendezvous, ATimedOutOfferIsWithdrawn) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto first = std::async(std::launch::async, [&tx] { return tx.send_for(7, 1s); });
  watched_sync::await_sleepers(1);
  auto second = std::async(std::launch::async, [&tx] { return tx.send(8); });
  watched_sync::await_sleepers(2);
  watched_sync::advance(1s);
  EXPECT_TRUE(is_timeout(first.get(), 7));
  EXPECT_EQ(rx.recv(), 8);  // not 7, though 7 was offered first
  EXPECT_TRUE(second.get());
  EXPECT_TRUE(is_empty(rx.try_recv()));
}

// The receiver took the value just when the sender's time was up: it was received, so it was sent.
TEST(Rendezvous, AnOfferThatWasTakenIsNotTimedOut) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto sent = std::async(std::launch::async, [&tx] { return tx.send_for(1, 1s); });
  watched_sync::await_sleepers(1);
  {
    const watched_sync::pause before_it_looks;
    watched_sync::advance(1s);
    EXPECT_EQ(rx.try_recv(), 1);
    rx.drop();  // nor is it disconnected, though the receiver has gone since
  }
  EXPECT_TRUE(sent.get());
}

TEST(Rendezvous, ServesBlockedSendersInTheOrderOfTheirArrival) {
  constexpr int senders = 5;
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  std::vector<std::jthread> blocked;
  for (int i = 0; i < senders; ++i) {
    blocked.emplace_back([&tx, i] { EXPECT_TRUE(tx.send(i)); });
    watched_sync::await_sleepers(static_cast<std::size_t>(i) + 1);
  }
  for (int i = 0; i < senders; ++i) {
    EXPECT_EQ(rx.recv(), i);
    EXPECT_EQ(watched_sync::sleepers(), static_cast<std::size_t>(senders - i - 1));  // that one, and no other
  }
}

TEST(Rendezvous, NothingIsEverBuffered) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  const auto observe = [&tx, &rx] {
    EXPECT_EQ(tx.size(), 0U);
    EXPECT_EQ(rx.size(), 0U);
    EXPECT_TRUE(tx.empty());
    EXPECT_TRUE(rx.empty());
    EXPECT_TRUE(tx.full());
    EXPECT_TRUE(rx.full());
  };
  observe();
  auto sent = std::async(std::launch::async, [&tx] { return tx.send(1); });
  watched_sync::await_sleepers(1);
  observe();  // an offer is not a buffered value
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(sent.get());
  observe();
}

TEST(Rendezvous, AChainOfRelaysPassesEveryValueOn) {
  constexpr int relays = 20;
  auto [tx, first] = bounded_channel<int>(0);
  std::vector<std::jthread> threads;
  receiver<int> last = std::move(first);
  for (int i = 0; i < relays; ++i) {
    auto [out, next] = bounded_channel<int>(0);
    threads.emplace_back([in = std::move(last), forward = std::move(out)]() mutable {
      for (auto&& value : in) {
        ASSERT_TRUE(forward.send(value + 1));
      }
    });
    last = std::move(next);
  }
  threads.emplace_back([out = std::move(tx)] {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(out.send(i));
    }
  });
  int expected = relays;
  for (auto&& value : last) {
    EXPECT_EQ(value, expected++);
  }
  EXPECT_EQ(expected, relays + 20);
}

// The sieve of Eratosthenes as a chain that grows while it runs (after Go's test of that name).
TEST(Rendezvous, SieveFindsThePrimes) {
  std::vector<std::jthread> filters;
  auto [numbers, head] = bounded_channel<int>(0);
  filters.emplace_back([out = std::move(numbers)] {
    for (int i = 2; out.send(i); ++i) {
    }
  });
  receiver<int> last = std::move(head);
  std::vector<int> primes;
  for (int i = 0; i < 15; ++i) {
    const int prime = last.recv().value();
    primes.push_back(prime);
    auto [out, next] = bounded_channel<int>(0);
    filters.emplace_back([prime, in = std::move(last), forward = std::move(out)]() mutable {
      for (auto&& number : in) {
        if (number % prime != 0 && !forward.send(number)) {
          return;  // the next one has gone, so this one goes, and so on up the chain
        }
      }
    });
    last = std::move(next);
  }
  last.drop();
  EXPECT_EQ(primes, (std::vector{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47}));
}

}  // namespace
}  // namespace plumbline::test

// Deadlines (TIMEOUT-CLEAN): never early; what is there wins over the clock; a timeout changes nothing. Most tests move
// a clock of their own, so they take no time and know what time it is; a few use the real one, and look one way only.

#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <limits>
#include <ratio>
#include <thread>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"
#include "plumbline/detail/deadline.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test_clock = watched_sync::clock;

bool has_returned(const auto& result) { return result.wait_for(0s) == std::future_status::ready; }

TEST(Deadline, ReceiverTimesOutAtTheDeadlineAndNotBefore) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx] { return rx.recv_for(10ms); });
  watched_sync::await_sleepers(1);
  watched_sync::advance(10ms - 1ns);
  EXPECT_EQ(watched_sync::sleepers(), 1U);
  watched_sync::advance(1ns);
  EXPECT_TRUE(is_timeout(received.get()));
}

TEST(Deadline, SenderTimesOutAtTheDeadlineAndKeepsItsValue) {
  for (const std::size_t places : {0U, 1U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int, watched_sync>(places);
    while (tx.try_send(0)) {
    }
    auto sent = std::async(std::launch::async, [&tx] { return tx.send_until(1, test_clock::now() + 10ms); });
    watched_sync::await_sleepers(1);
    watched_sync::advance(10ms - 1ns);
    EXPECT_EQ(watched_sync::sleepers(), 1U);
    watched_sync::advance(1ns);
    EXPECT_TRUE(is_timeout(sent.get(), 1));
    tx.drop();
    for (std::size_t i = 0; i < places; ++i) {
      EXPECT_EQ(rx.recv(), 0);
    }
    EXPECT_TRUE(is_disconnected(rx.recv()));  // 1 is not in the channel
  }
}

TEST(Deadline, IsNotEarlyOnTheRealClock) {
  for (const auto patience : {0us, 1us, 300us, 2000us}) {
    auto [tx, rx] = bounded_channel<int>(0);
    auto begin = steady_clock::now();
    EXPECT_TRUE(is_timeout(rx.recv_for(patience)));
    EXPECT_GE(steady_clock::now() - begin, patience);
    begin = steady_clock::now();
    EXPECT_TRUE(is_timeout(tx.send_for(1, patience), 1));
    EXPECT_GE(steady_clock::now() - begin, patience);
    const auto deadline = steady_clock::now() + patience;
    EXPECT_TRUE(is_timeout(rx.recv_until(deadline)));
    EXPECT_GE(steady_clock::now(), deadline);
  }
}

TEST(Deadline, IsOnASteadyClock) {
  static_assert(detail::std_sync::clock::is_steady, "a clock that is set must neither shorten nor prolong a wait");
}

TEST(Deadline, ThatHasPassedStillTakesWhatIsThere) {
  const auto past = steady_clock::now() - 1h;
  auto [tx, rx] = bounded_channel<int>(1);
  EXPECT_TRUE(tx.send_until(1, past));
  EXPECT_TRUE(is_timeout(tx.send_until(2, past), 2));
  EXPECT_EQ(rx.recv_until(past), 1);
  EXPECT_TRUE(is_timeout(rx.recv_until(past)));
  EXPECT_TRUE(tx.send_for(3, 0s));
  EXPECT_TRUE(is_timeout(tx.send_for(4, 0s), 4));
  EXPECT_EQ(rx.recv_for(0s), 3);
  EXPECT_TRUE(is_timeout(rx.recv_for(0s)));
  EXPECT_TRUE(tx.send_for(5, -1s));
  EXPECT_TRUE(is_timeout(tx.send_for(6, -1s), 6));
  EXPECT_EQ(rx.recv_for(-1s), 5);
  EXPECT_TRUE(is_timeout(rx.recv_for(-1s)));
}

TEST(Deadline, ThatHasPassedStillMeetsAWaitingPeer) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto received = std::async(std::launch::async, [&rx] { return rx.recv(); });
  watched_sync::await_sleepers(1);
  EXPECT_TRUE(tx.send_for(1, -1s));
  EXPECT_EQ(received.get(), 1);
  auto sent = std::async(std::launch::async, [&tx] { return tx.send(2); });
  watched_sync::await_sleepers(1);
  EXPECT_EQ(rx.recv_for(-1s), 2);
  EXPECT_TRUE(sent.get());
}

TEST(Deadline, ReceiverTakesAValueThatArrivesInTime) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx] { return rx.recv_for(10s); });
  watched_sync::await_sleepers(1);
  watched_sync::advance(9s);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(received.get(), 1);
}

TEST(Deadline, SenderTakesAPlaceThatAppearsInTime) {
  for (const std::size_t places : {0U, 1U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int, watched_sync>(places);
    while (tx.try_send(0)) {
    }
    auto sent = std::async(std::launch::async, [&tx] { return tx.send_for(1, 10s); });
    watched_sync::await_sleepers(1);
    watched_sync::advance(9s);
    if (places == 1) {
      EXPECT_EQ(rx.recv(), 0);
    }
    EXPECT_EQ(rx.recv(), 1);
    EXPECT_TRUE(sent.get());
  }
}

// The race of a value with the deadline, decided both ways: whichever comes first, the receiver looks once more.
TEST(Deadline, ReceiverLooksOnceMoreBeforeItReportsTimeout) {
  for (const std::size_t places : {0U, 1U}) {
    for (const bool value_first : {true, false}) {
      SCOPED_TRACE(describe(places));
      auto [tx, rx] = bounded_channel<int, watched_sync>(places);
      auto received = std::async(std::launch::async, [&rx] { return rx.recv_for(1s); });
      watched_sync::await_sleepers(1);
      {
        const watched_sync::pause before_it_looks;
        if (value_first) {
          EXPECT_TRUE(tx.try_send(1));
        }
        watched_sync::advance(1s);
        if (!value_first) {
          EXPECT_TRUE(tx.try_send(1));  // capacity 0, too: the receiver has not left yet
        }
      }
      EXPECT_EQ(received.get(), 1);
    }
  }
}

TEST(Deadline, SenderLooksOnceMoreBeforeItReportsTimeout) {
  for (const std::size_t places : {0U, 1U}) {
    for (const bool room_first : {true, false}) {
      SCOPED_TRACE(describe(places));
      auto [tx, rx] = bounded_channel<int, watched_sync>(places);
      while (tx.try_send(1)) {
      }
      auto sent = std::async(std::launch::async, [&tx] { return tx.send_for(1, 1s); });
      watched_sync::await_sleepers(1);
      {
        const watched_sync::pause before_it_looks;
        if (room_first) {
          EXPECT_EQ(rx.try_recv(), 1);
        }
        watched_sync::advance(1s);
        if (!room_first) {
          EXPECT_EQ(rx.try_recv(), 1);
        }
      }
      EXPECT_TRUE(sent.get());
      EXPECT_EQ(rx.try_recv().has_value(), places == 1);
    }
  }
}

TEST(Deadline, DisconnectComesBeforeTimeout) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto sent = std::async(std::launch::async, [&tx] { return tx.send_for(1, 1s); });
  watched_sync::await_sleepers(1);
  {
    const watched_sync::pause before_it_looks;
    watched_sync::advance(1s);
    rx.drop();
  }
  EXPECT_TRUE(is_disconnected(sent.get(), 1));

  auto [next_tx, next_rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&next_rx] { return next_rx.recv_for(1s); });
  watched_sync::await_sleepers(1);
  {
    const watched_sync::pause before_it_looks;
    watched_sync::advance(1s);
    next_tx.drop();
  }
  EXPECT_TRUE(is_disconnected(received.get()));
}

TEST(Deadline, ChannelIsUnchangedAfterATimeout) {
  auto [tx, rx] = bounded_channel<int>(1);
  EXPECT_TRUE(is_timeout(rx.recv_for(1us)));
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(is_timeout(tx.send_for(2, 1us), 2));
  EXPECT_EQ(rx.size(), 1U);
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(is_empty(rx.try_recv()));
}

TEST(Deadline, IsNotRestartedByAWakeUpThatBringsNothing) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx] { return rx.recv_for(10s); });
  for (int i = 0; i < 9; ++i) {
    watched_sync::await_sleepers(1);
    watched_sync::advance(1s);
    watched_sync::wake_for_no_reason();
  }
  watched_sync::await_sleepers(1);
  EXPECT_FALSE(has_returned(received));
  watched_sync::advance(1s);
  EXPECT_TRUE(is_timeout(received.get()));
}

// What a clock cannot count means for ever. The test: it sleeps, a hundred years later it still does, and a value wakes
// it. An overflow would have put the deadline into the past.
template <class Wait>
void waits_for_ever(Wait wait) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx, wait] { return wait(rx); });
  watched_sync::await_sleepers(1);
  watched_sync::advance(std::chrono::years(100));
  EXPECT_EQ(watched_sync::sleepers(), 1U);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(received.get(), 1);
  watched_sync::advance(-std::chrono::years(100));
}

TEST(Deadline, ThatTheClockCannotCountMeansForEver) {
  using namespace std::chrono;
  waits_for_ever([](auto& rx) { return rx.recv_for(nanoseconds::max()); });
  waits_for_ever([](auto& rx) { return rx.recv_for(hours::max()); });
  waits_for_ever([](auto& rx) { return rx.recv_for(duration<std::uint64_t, std::nano>::max()); });
  waits_for_ever([](auto& rx) { return rx.recv_for(duration<std::int64_t, std::giga>::max()); });
  waits_for_ever([](auto& rx) { return rx.recv_for(duration<double>::max()); });
  waits_for_ever([](auto& rx) { return rx.recv_for(duration<double>(std::numeric_limits<double>::infinity())); });
  waits_for_ever([](auto& rx) { return rx.recv_for(nanoseconds::max() - 1ns); });
  waits_for_ever([](auto& rx) { return rx.recv_until(test_clock::time_point::max()); });
  waits_for_ever([](auto& rx) { return rx.recv_until(time_point<test_clock, hours>::max()); });
}

TEST(Deadline, SenderWaitsForEverToo) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(0);
  auto sent = std::async(std::launch::async, [&tx] {
    return tx.send_for(1, std::chrono::hours::max()) && tx.send_until(2, test_clock::time_point::max());
  });
  for (const int expected : {1, 2}) {
    watched_sync::await_sleepers(1);
    watched_sync::advance(1h);
    EXPECT_EQ(watched_sync::sleepers(), 1U);
    EXPECT_EQ(rx.recv(), expected);
  }
  EXPECT_TRUE(sent.get());
}

TEST(Deadline, ThatIsNotPositiveOrNotANumberHasPassed) {
  using namespace std::chrono;
  auto [tx, rx] = bounded_channel<int>(1);
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(is_timeout(rx.recv_for(nanoseconds::min())));
  EXPECT_TRUE(is_timeout(rx.recv_for(hours::min())));
  EXPECT_TRUE(is_timeout(rx.recv_for(duration<double>(nan))));
  EXPECT_TRUE(is_timeout(rx.recv_for(-duration<double>(std::numeric_limits<double>::infinity()))));
  EXPECT_TRUE(is_timeout(rx.recv_until(steady_clock::time_point::min())));
  EXPECT_TRUE(is_timeout(rx.recv_until(time_point<steady_clock, hours>::min())));
  EXPECT_TRUE(is_timeout(rx.recv_until(time_point<steady_clock, duration<double>>(duration<double>(nan)))));
  EXPECT_TRUE(tx.send_for(1, duration<double>(nan)));
  EXPECT_TRUE(is_timeout(tx.send_for(2, duration<double>(nan)), 2));
  EXPECT_TRUE(is_timeout(tx.send_until(3, steady_clock::time_point::min()), 3));
}

// A patience below the clock's tick is rounded up to one: neither to nothing, nor to for ever.
TEST(Deadline, BelowAMillisecondIsNotRoundedAway) {
  using namespace std::chrono;
  using half_nanoseconds = duration<int, std::ratio<1, 2'000'000'000>>;
  const auto sleeps_until = [](auto patience, nanoseconds expected) {
    auto [tx, rx] = channel<int, watched_sync>();
    auto received = std::async(std::launch::async, [&rx, patience] { return rx.recv_for(patience); });
    watched_sync::await_sleepers(1);
    watched_sync::advance(expected - 1ns);
    EXPECT_EQ(watched_sync::sleepers(), 1U);
    watched_sync::advance(1ns);
    EXPECT_TRUE(is_timeout(received.get()));
  };
  sleeps_until(10us, 10us);
  sleeps_until(1ns, 1ns);
  sleeps_until(half_nanoseconds(1), 1ns);
  sleeps_until(half_nanoseconds(3), 2ns);
  sleeps_until(duration<double>(2.5e-9), 3ns);
  sleeps_until(duration<double>(1e-12), 1ns);
}

TEST(Deadline, ArithmeticSaturatesAtBothEnds) {
  using namespace std::chrono;
  using point = steady_clock::time_point;
  static_assert(detail::saturated<point>(point::max()) == point::max());
  static_assert(detail::saturated<point>(point::min()) == point::min());
  static_assert(detail::saturated<point>(point::max() - 1ns) == point::max() - 1ns);
  static_assert(detail::saturated<point>(point()) == point());
  static_assert(detail::saturated<point>(time_point<steady_clock, hours>::max()) == point::max());
  static_assert(detail::saturated<point>(time_point<steady_clock, hours>::min()) == point::min());
  using fine = duration<std::int64_t, std::ratio<1, 4'000'000'000>>;
  static_assert(detail::saturated<point>(time_point<steady_clock, fine>(fine(5))) == point(2ns), "never early");
  static_assert(detail::saturated<point>(time_point<steady_clock, fine>(fine(-5))) == point(-1ns), "never early");
}

TEST(Deadline, PollingInShortStepsReceivesEachValueOnce) {
  auto [tx, rx] = bounded_channel<int>(2);
  const std::jthread producer([out = std::move(tx)] {
    for (int i = 0; i < 2'000; ++i) {
      ASSERT_TRUE(out.send(i));
    }
  });
  int expected = 0;
  for (;;) {
    const auto received = rx.recv_for(10us);
    if (is_disconnected(received)) {
      break;
    }
    if (received) {
      ASSERT_EQ(*received, expected++);
    }
  }
  EXPECT_EQ(expected, 2'000);
}

// Both sides give up all the time: each value is either received or kept by its sender, and never both.
TEST(Deadline, BothSidesGivingUpLoseAndDuplicateNothing) {
  for (const std::size_t places : {0U, 1U, 2U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int>(places);
    const std::jthread producer([out = std::move(tx)] {
      for (int i = 0; i < 300; ++i) {
        for (auto sent = out.send_for(i, 5us); !sent; sent = out.send_for(i, 5us)) {
          ASSERT_EQ(sent.error().reason, send_timeout_failure::timeout);
          ASSERT_EQ(sent.error().value, i);
        }
      }
    });
    int expected = 0;
    for (auto received = rx.recv_for(5us); !is_disconnected(received); received = rx.recv_for(5us)) {
      if (received) {
        ASSERT_EQ(*received, expected++);
      }
    }
    EXPECT_EQ(expected, 300);
  }
}

}  // namespace
}  // namespace plumbline::test

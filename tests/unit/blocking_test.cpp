// Who waits, what wakes it, and that nobody is woken too late, too often or in vain (WAKE-RECV, WAKE-SEND).
// The watched policy says when a thread sleeps, so "blocks" is observed and not guessed from elapsed time.

#include <gtest/gtest.h>

#include <expected>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

bool has_returned(const auto& result) { return result.wait_for(0s) == std::future_status::ready; }

TEST(Receiver, SleepsUntilAValueIsSent) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx] { return rx.recv(); });
  watched_sync::await_sleepers(1);
  EXPECT_FALSE(has_returned(received));
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(received.get(), 1);
}

TEST(Sender, SleepsUntilThereIsRoom) {
  for (const std::size_t places : {1U, 2U, 5U}) {
    auto [tx, rx] = bounded_channel<std::size_t, watched_sync>(places);
    for (std::size_t i = 0; i < places; ++i) {
      EXPECT_TRUE(tx.send(i));
    }
    auto sent = std::async(std::launch::async, [&tx, places] { return tx.send(places); });
    watched_sync::await_sleepers(1);
    EXPECT_FALSE(has_returned(sent));
    EXPECT_EQ(rx.recv(), 0U);
    EXPECT_TRUE(sent.get());
    EXPECT_EQ(rx.size(), places);
  }
}

TEST(Sender, NeverSleepsWhenUnbounded) {
  auto [tx, rx] = channel<int, watched_sync>();
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(tx.send(i));  // nobody receives: a send that blocks would end in the watchdog
  }
  EXPECT_EQ(rx.size(), 10'000U);
}

TEST(Channel, TryOperationsNeverSleep) {
  for (const capacity places : {capacity(0), capacity(1), capacity(3)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int, watched_sync>(places);
    EXPECT_TRUE(is_empty(rx.try_recv()));
    while (tx.try_send(1)) {
    }
    EXPECT_TRUE(is_full(tx.try_send(2), 2));
    EXPECT_EQ(watched_sync::sleepers(), 0U);
  }
}

// A condition variable may wake its sleeper without a reason. Each kind of wait has to look again and go on waiting:
// to return `empty`, `timeout`, or a value that is not there would be an invention.
TEST(Receiver, GoesOnSleepingWhenWokenForNoReason) {
  auto [tx, rx] = channel<int, watched_sync>();
  auto received = std::async(std::launch::async, [&rx] { return rx.recv(); });
  for (int i = 0; i < 3; ++i) {
    watched_sync::await_sleepers(1);
    watched_sync::wake_for_no_reason();
  }
  watched_sync::await_sleepers(1);
  EXPECT_FALSE(has_returned(received));
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(received.get(), 1);

  auto timed = std::async(std::launch::async, [&rx] { return rx.recv_for(10s); });
  watched_sync::await_sleepers(1);
  watched_sync::wake_for_no_reason();
  watched_sync::await_sleepers(1);
  EXPECT_FALSE(has_returned(timed));
  watched_sync::advance(10s);
  EXPECT_TRUE(is_timeout(timed.get()));
}

TEST(Sender, GoesOnSleepingWhenWokenForNoReason) {
  for (const std::size_t places : {0U, 1U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int, watched_sync>(places);
    if (places == 1) {
      EXPECT_TRUE(tx.send(0));
    }
    auto sent = std::async(std::launch::async, [&tx] { return tx.send(1); });
    for (int i = 0; i < 3; ++i) {
      watched_sync::await_sleepers(1);
      watched_sync::wake_for_no_reason();
    }
    watched_sync::await_sleepers(1);
    EXPECT_FALSE(has_returned(sent));
    EXPECT_EQ(rx.size(), places);  // and it did not put its value there twice
    EXPECT_EQ(rx.recv(), places == 1 ? 0 : 1);
    EXPECT_TRUE(sent.get());
  }
}

TEST(Receiver, LetsOneSenderGoOnForEachPlaceThatItFrees) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(2);
  EXPECT_TRUE(tx.send(0));
  EXPECT_TRUE(tx.send(0));
  std::vector<std::jthread> blocked;
  for (int i = 0; i < 3; ++i) {
    blocked.emplace_back([&tx] { EXPECT_TRUE(tx.send(1)); });
  }
  watched_sync::await_sleepers(3);
  EXPECT_EQ(rx.recv(), 0);
  // Exactly one: it was woken before recv returned, and the others are not disturbed, for it fills the place.
  EXPECT_EQ(watched_sync::sleepers(), 2U);
  EXPECT_EQ(rx.recv(), 0);
  watched_sync::await_sleepers(1);
  EXPECT_EQ(rx.recv(), 1);
  watched_sync::await_sleepers(0);
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_EQ(rx.recv(), 1);
}

// Several receives may pass before the first woken sender gets a processor. It alone was woken, and wakes the next.
TEST(Receiver, LetsAllSendersGoOnWhenItDrainsAtOnce) {
  constexpr std::size_t places = 4;
  auto [tx, rx] = bounded_channel<int, watched_sync>(places);
  for (std::size_t i = 0; i < places; ++i) {
    EXPECT_TRUE(tx.send(0));
  }
  std::vector<std::jthread> blocked;
  for (std::size_t i = 0; i < places; ++i) {
    blocked.emplace_back([&tx] { EXPECT_TRUE(tx.send(1)); });
  }
  watched_sync::await_sleepers(places);
  {
    const watched_sync::pause nobody_goes_on;
    for (std::size_t i = 0; i < places; ++i) {
      EXPECT_TRUE(rx.try_recv());
    }
    EXPECT_EQ(watched_sync::sleepers(), places - 1);
  }
  watched_sync::await_sleepers(0);
  for (std::size_t i = 0; i < places; ++i) {
    EXPECT_EQ(rx.recv(), 1);
  }
}

// A send that has waited for room looks anew who waits: the receiver may do so by then.
TEST(Receiver, IsWokenByASendThatHadToWaitItself) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(1);
  EXPECT_TRUE(tx.send(0));
  const std::jthread blocked([&tx] { EXPECT_TRUE(tx.send(1)); });
  watched_sync::await_sleepers(1);
  std::future<std::expected<int, recv_error>> received;
  {
    const watched_sync::pause nobody_goes_on;
    EXPECT_EQ(rx.recv(), 0);
    received = std::async(std::launch::async, [&rx] { return rx.recv(); });
    watched_sync::await_sleepers(1);  // the receiver; the sender is awake, and has not looked yet
  }
  EXPECT_EQ(received.get(), 1);
}

// A sender that never slept takes a place before the woken one, and there is still room: the woken one finds it, and so
// does the one behind.
TEST(Sender, WakesTheNextOneThoughNobodyWokeIt) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(tx.send(0));
  }
  std::vector<std::jthread> blocked;
  for (int i = 0; i < 2; ++i) {
    blocked.emplace_back([&tx] { EXPECT_TRUE(tx.send(1)); });
  }
  watched_sync::await_sleepers(2);
  {
    const watched_sync::pause nobody_goes_on;
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(rx.try_recv());
    }
    EXPECT_EQ(watched_sync::sleepers(), 1U);
    EXPECT_TRUE(tx.try_send(1));  // two places are left, so it is not the last one that may be waited for
    EXPECT_EQ(watched_sync::sleepers(), 0U);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rx.recv(), 1);
  }
}

TEST(Channel, ManyBlockedSendersOnOnePlaceAllGetThrough) {
  constexpr int senders = 8;
  constexpr int each = 50;
  auto [tx, rx] = bounded_channel<int>(1);
  std::vector<std::jthread> producers;
  for (int i = 0; i < senders; ++i) {
    producers.emplace_back([mine = tx.clone()] {
      for (int k = 0; k < each; ++k) {
        ASSERT_TRUE(mine.send(k));
      }
    });
  }
  tx.drop();
  int received = 0;
  for ([[maybe_unused]] auto&& value : rx) {
    ++received;
  }
  EXPECT_EQ(received, senders * each);
}

// The notification that frees a place may reach a sender whose deadline has passed. It must take the place (a value or
// a place that is there wins over the clock) or the wake-up would be lost to the sender that still waits.
TEST(Sender, WakeUpIsNotLostOnOneWhoseTimeIsUp) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(1);
  EXPECT_TRUE(tx.send(0));
  auto impatient = std::async(std::launch::async, [&tx] { return tx.send_for(1, 5s); });
  watched_sync::await_sleepers(1);
  auto patient = std::async(std::launch::async, [&tx] { return tx.send(2); });
  watched_sync::await_sleepers(2);
  {
    const watched_sync::pause before_it_looks;
    EXPECT_EQ(rx.recv(), 0);    // wakes the impatient one, who was here first,
    watched_sync::advance(5s);  // and now its time is up, too
  }
  EXPECT_TRUE(impatient.get());
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(patient.get());
  EXPECT_EQ(rx.recv(), 2);
}

// Between a wake-up and the next look somebody else may take the place, or (capacity 0) the receiver.
TEST(Sender, SleepsOnWhenItsPlaceWasTakenBeforeItLooked) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(1);
  EXPECT_TRUE(tx.send(0));
  auto blocked = std::async(std::launch::async, [&tx] { return tx.send(2); });
  watched_sync::await_sleepers(1);
  {
    const watched_sync::pause before_it_looks;
    EXPECT_EQ(rx.recv(), 0);
    EXPECT_TRUE(tx.try_send(1));
  }
  watched_sync::await_sleepers(1);
  EXPECT_FALSE(has_returned(blocked));
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(blocked.get());
  EXPECT_EQ(rx.recv(), 2);
}

// A sender and the receiver sleep at the same time, each for its own reason; the value that is stored then is the
// receiver's business. With one place for both to sleep, and one notification, the other sender might be woken instead.
TEST(Channel, AWakeUpDoesNotGoToTheWrongSide) {
  auto [tx, rx] = bounded_channel<int, watched_sync>(1);
  EXPECT_TRUE(tx.send(0));
  auto first = std::async(std::launch::async, [&tx] { return tx.send(1); });
  watched_sync::await_sleepers(1);
  auto second = std::async(std::launch::async, [&tx] { return tx.send(2); });
  watched_sync::await_sleepers(2);
  std::future<int> received;
  {
    const watched_sync::pause before_the_first_looks;
    EXPECT_EQ(rx.recv(), 0);  // wakes the first sender, which has not yet stored its value when the receiver sleeps
    received = std::async(std::launch::async, [&rx] { return rx.recv().value(); });
    watched_sync::await_sleepers(2);
  }
  EXPECT_EQ(received.get(), 1);
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST(Channel, TimedOutOperationsLeaveNoWaiterBehind) {
  for (const std::size_t places : {0U, 1U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int, watched_sync>(places);
    auto received = std::async(std::launch::async, [&rx] { return rx.recv_for(1s); });
    watched_sync::await_sleepers(1);
    watched_sync::advance(1s);
    EXPECT_TRUE(is_timeout(received.get()));
    // Capacity 0: a receiver that has left is no receiver that waits.
    EXPECT_EQ(tx.try_send(1).has_value(), places == 1);
    EXPECT_TRUE(is_full(tx.try_send(2), 2));
    auto sent = std::async(std::launch::async, [&tx] { return tx.send_for(3, 1s); });
    watched_sync::await_sleepers(1);
    watched_sync::advance(1s);
    EXPECT_TRUE(is_timeout(sent.get(), 3));
    // Nor is an offer that has been given up there any more.
    EXPECT_EQ(rx.try_recv().has_value(), places == 1);
    EXPECT_TRUE(is_empty(rx.try_recv()));
  }
}

TEST(Channel, TwoChannelsOfOneThreadDoNotTakeEachOthersWakeUps) {
  auto [first_tx, first_rx] = channel<int, watched_sync>();
  auto [second_tx, second_rx] = channel<int, watched_sync>();
  auto sum = std::async(std::launch::async, [&first_rx, &second_rx] {
    const int first = first_rx.recv().value();
    return first + second_rx.recv().value();
  });
  watched_sync::await_sleepers(1);
  EXPECT_TRUE(second_tx.send(2));  // not what it waits for: it sleeps on
  EXPECT_EQ(watched_sync::sleepers(), 1U);
  EXPECT_TRUE(first_tx.send(1));
  EXPECT_EQ(sum.get(), 3);
}

TEST(Channel, RequestAndResponseOverTwoChannelsNeverDeadlock) {
  for (const capacity places : {capacity(), capacity(0), capacity(1)}) {
    SCOPED_TRACE(describe(places));
    auto [request_tx, request_rx] = make<int>(places);
    auto [response_tx, response_rx] = make<int>(places);
    const std::jthread server([in = std::move(request_rx), out = std::move(response_tx)]() mutable {
      for (auto&& request : in) {
        ASSERT_TRUE(out.send(request + 1));
      }
    });
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(request_tx.send(i));
      ASSERT_EQ(response_rx.recv(), i + 1);
    }
    request_tx.drop();
    EXPECT_TRUE(is_disconnected(response_rx.recv()));
  }
}

// A move that takes its time, in the thread that sends: the channel is not locked meanwhile.
class slow_to_move {
 public:
  slow_to_move(int id, std::latch* arrived = nullptr, std::latch* released = nullptr) noexcept
      : id_(id), arrived_(arrived), released_(released) {}
  slow_to_move(slow_to_move&& other) noexcept : id_(other.id_) {
    if (std::latch* const arrived = std::exchange(other.arrived_, nullptr)) {
      arrived->count_down();
      other.released_->wait();
    }
  }
  int id() const noexcept { return id_; }

 private:
  int id_;
  std::latch* arrived_ = nullptr;
  std::latch* released_ = nullptr;
};

TEST(Sender, StalledInTheMoveOfItsValueHoldsUpNobody) {
  auto [tx, rx] = bounded_channel<slow_to_move>(2);
  std::latch arrived(1);
  std::latch released(1);
  const std::jthread stalled([&] { EXPECT_TRUE(tx.send(slow_to_move(1, &arrived, &released))); });
  arrived.wait();
  EXPECT_TRUE(is_empty(rx.try_recv()));
  EXPECT_TRUE(tx.send(slow_to_move(2)));
  EXPECT_EQ(rx.try_recv().value().id(), 2);
  EXPECT_TRUE(is_empty(rx.try_recv()));
  released.count_down();
  EXPECT_EQ(rx.recv().value().id(), 1);
}

TEST(Channel, WorksInTheDestructorsOfThreadLocals) {
  auto [tx, rx] = channel<int>();
  auto [reply_tx, reply_rx] = channel<int>();
  EXPECT_TRUE(reply_tx.send(6));
  struct at_thread_exit {
    sender<int>* out = nullptr;
    receiver<int>* in = nullptr;
    ~at_thread_exit() {
      if (out != nullptr) {
        EXPECT_TRUE(out->send(in->recv().value() + 1));
        const sender<int> another = out->clone();
        EXPECT_TRUE(another.send(8));
      }
    }
  };
  std::thread([out = &tx, in = &reply_rx] {
    static thread_local at_thread_exit later;
    later.out = out;
    later.in = in;
  }).join();
  EXPECT_EQ(rx.recv(), 7);
  EXPECT_EQ(rx.recv(), 8);
}

}  // namespace
}  // namespace plumbline::test

// LIFETIME: every value is destroyed exactly once, outside the lock, and as soon as nobody can receive it; and which
// types can be values.

#include <gtest/gtest.h>

#include <any>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

TEST(Payload, IsDestroyedExactlyOnceWhateverBecomesOfIt) {
  for (const capacity places : {capacity(), capacity(0), capacity(1), capacity(4)}) {
    for (unsigned seed = 0; seed < 50; ++seed) {
      SCOPED_TRACE(describe(places) + ", seed " + std::to_string(seed));
      std::minstd_rand random(seed);
      life_counts<> life;
      {
        auto [tx, rx] = make<tracked<>>(places);
        for (auto left = random() % 20; left > 0; --left) {
          if (random() % 2 == 0) {
            (void)tx.try_send(tracked<>(life, 1));
          } else {
            (void)rx.try_recv();
          }
        }
        if (random() % 2 == 0) {
          rx.drop();
          EXPECT_FALSE(tx.send(tracked<>(life, 2)));
        } else {
          tx.drop();
          (void)rx.try_recv();
        }
      }
      ASSERT_EQ(life.values, 0U);
      ASSERT_EQ(life.objects, 0U);
    }
  }
}

TEST(Receiver, DropDestroysWhatIsBufferedAtOnce) {
  for (const capacity places : {capacity(), capacity(3)}) {
    life_counts<> life;
    auto [tx, rx] = make<tracked<>>(places);
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(tx.send(tracked<>(life, i)));
    }
    EXPECT_EQ(life.values, 3U);
    rx.drop();  // while a sender lives
    EXPECT_EQ(life.values, 0U);
    EXPECT_EQ(life.objects, 0U);
    {
      const auto refused = tx.send(tracked<>(life, 4));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().value.id(), 4);
      EXPECT_EQ(life.values, 1U);  // its owner is who sent it
    }
    EXPECT_EQ(life.objects, 0U);
  }
}

TEST(Channel, LeftoversAreDestroyedWhicheverEndGoesLast) {
  life_counts<> life;
  for (const bool sender_first : {true, false}) {
    auto [tx, rx] = channel<tracked<>>();
    EXPECT_TRUE(tx.send(tracked<>(life, 1)));
    if (sender_first) {
      tx.drop();
      EXPECT_EQ(life.values, 1U);  // it can still be received
      rx.drop();
    } else {
      rx.drop();
      tx.drop();
    }
    EXPECT_EQ(life.objects, 0U);
  }
}

TEST(Sender, BlockedInARendezvousKeepsItsValueWhenTheReceiverGoes) {
  life_counts<> life;
  {
    auto [tx, rx] = bounded_channel<tracked<>, watched_sync>(0);
    auto refused = std::async(std::launch::async, [&tx, &life] { return tx.send(tracked<>(life, 1)); });
    watched_sync::await_sleepers(1);
    rx.drop();
    const auto outcome = refused.get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().value.id(), 1);
    EXPECT_EQ(life.values, 1U);
  }
  EXPECT_EQ(life.objects, 0U);
}

// Into the argument, into its wrapping, out of it: the number of moves does not depend on what is in the channel.
TEST(Payload, IsMovedABoundedNumberOfTimesAndNeverCopied) {
  life_counts<> life;
  auto [tx, rx] = channel<tracked<>>();
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(tx.send(tracked<>(life, i)));
  }
  EXPECT_LE(life.moves, 10U * 2);
  life.moves = 0;
  EXPECT_EQ(rx.recv().value().id(), 0);
  EXPECT_LE(life.moves, 2U);
}

TEST(Payload, LeavesNothingBehindWhenReceived) {
  auto value = std::make_shared<int>(1);
  auto [tx, rx] = channel<std::shared_ptr<int>>();
  EXPECT_TRUE(tx.send(value));
  EXPECT_EQ(value.use_count(), 2);
  {
    const auto received = rx.recv();
    EXPECT_EQ(value.use_count(), 2);
  }
  EXPECT_EQ(value.use_count(), 1);
}

// A destructor that uses the channel it was in: no code of T may run while the lock is held. (A deadlock here would end
// in the watchdog.)
TEST(Payload, DestructorMayUseTheSameChannel) {
  int destroyed = 0;
  auto [tx, rx] = channel<last_words>();
  const auto speak = [&destroyed, &tx] {
    ++destroyed;
    EXPECT_TRUE(is_disconnected(tx.try_send(last_words(nullptr))));
    EXPECT_EQ(tx.size(), 0U);
    EXPECT_TRUE(tx.clone().valid());
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(tx.send(last_words(speak)));
  }
  rx.drop();  // here, from within the receiver's drop
  EXPECT_EQ(destroyed, 3);
  (void)tx.send(last_words(speak));  // and of a value that was refused
  EXPECT_EQ(destroyed, 4);
}

TEST(Payload, DestructorMayUseTheSameChannelWhileBothEndsLive) {
  auto [tx, rx] = bounded_channel<last_words>(2);
  int destroyed = 0;
  const auto speak = [&destroyed, &tx, &rx] {
    ++destroyed;
    EXPECT_EQ(rx.size(), tx.size());
    if (destroyed < 5) {
      EXPECT_TRUE(tx.try_send(last_words(nullptr)));
      EXPECT_TRUE(rx.try_recv());
    }
  };
  EXPECT_TRUE(tx.try_send(last_words(speak)));
  (void)rx.recv();  // received, and destroyed at once
  EXPECT_EQ(destroyed, 1);
  EXPECT_TRUE(tx.try_send(last_words(nullptr)));
  EXPECT_TRUE(tx.try_send(last_words(nullptr)));
  destroyed = 10;
  (void)tx.try_send(last_words(speak));  // refused: full
  EXPECT_EQ(destroyed, 11);
  for ([[maybe_unused]] auto&& value : rx.drain()) {
    EXPECT_EQ(rx.size(), tx.size());
  }
}

// (A deadlock here would end in the watchdog.)
TEST(Payload, RunsNoneOfItsCodeWhileTheMutexIsHeld) {
  for (const capacity places : {capacity(), capacity(0), capacity(2)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<meddler>(places);
    std::atomic<int> calls = 0;
    const std::function<void()> look = [&calls, &tx] { calls += tx.size() <= 2 ? 1 : 0; };  // takes the mutex
    EXPECT_FALSE(rx.try_recv());
    if (places == 0U) {
      EXPECT_FALSE(tx.try_send(meddler(look)));
      EXPECT_FALSE(tx.send_for(meddler(look), 1us));  // an offer that is withdrawn
      auto received = std::async(std::launch::async, [&rx] { return rx.recv().has_value(); });
      EXPECT_TRUE(tx.send(meddler(look)));
      EXPECT_TRUE(received.get());
    } else {
      EXPECT_TRUE(tx.send(meddler(look)));
      EXPECT_TRUE(tx.try_send(meddler(look)));
      EXPECT_EQ(tx.try_send(meddler(look)).has_value(), !places);
      EXPECT_TRUE(rx.recv());
      EXPECT_TRUE(rx.try_recv());
      EXPECT_TRUE(tx.send(meddler(look)));
    }
    rx.drop();
    EXPECT_FALSE(tx.send(meddler(look)));
    EXPECT_GT(calls, 0);
  }
}

// A destructor that sends through the channel in which it lies, while the last sender is a member of that value.
TEST(Payload, MayOwnTheLastSenderOfItsOwnChannel) {
  struct holder {
    std::unique_ptr<sender<holder>> out;
  };
  auto [tx, rx] = channel<holder>();
  auto& out = tx;
  EXPECT_TRUE(out.send(holder{std::make_unique<sender<holder>>(tx.clone())}));
  tx.drop();
  EXPECT_FALSE(rx.empty());
  auto inner = rx.recv();
  ASSERT_TRUE(inner);
  EXPECT_TRUE(is_empty(rx.try_recv()));  // the sender that was sent is one
  inner->out.reset();
  EXPECT_TRUE(is_disconnected(rx.try_recv()));

  auto [next_tx, next_rx] = channel<holder>();
  EXPECT_TRUE(next_tx.send(holder{std::make_unique<sender<holder>>(next_tx.clone())}));
  next_tx.drop();
  next_rx.drop();  // destroys the value, and with it the last sender, from within
}

TEST(Payload, MayBeAnEndOfAChannel) {
  auto [outer_tx, outer_rx] = bounded_channel<receiver<int>>(1);
  const std::jthread server([in = std::move(outer_rx)]() mutable {
    for (auto&& inner : in) {
      ASSERT_EQ(inner.recv(), 1);
      ASSERT_TRUE(is_disconnected(inner.recv()));
    }
  });
  for (int i = 0; i < 100; ++i) {
    auto [tx, rx] = bounded_channel<int>(0);
    ASSERT_TRUE(outer_tx.send(std::move(rx)));
    ASSERT_TRUE(tx.send(1));
  }
  outer_tx.drop();
}

template <class T>
void travels(T value, auto is_whole) {
  auto [tx, rx] = bounded_channel<T>(1);
  const std::jthread producer([&tx, &value] { EXPECT_TRUE(tx.send(std::move(value))); });
  auto received = rx.recv();
  ASSERT_TRUE(received);
  EXPECT_TRUE(is_whole(*received));
}

struct nothing {};
struct alignas(64) over_aligned {
  char byte = 'x';
};
struct odd_sized {
  std::array<char, 25> bytes;
};
struct padded {
  char first;
  std::uint64_t second;
  char third;
};
struct large {
  std::array<std::uint32_t, std::size_t{64} * 1024> words;
};

TEST(Payload, MayBeOfAnySizeAndAlignment) {
  travels<std::uint8_t>(200, [](auto v) { return v == 200; });
  travels<std::uint64_t>(0x0123456789abcdef, [](auto v) { return v == 0x0123456789abcdef; });
  travels<bool>(false, [](auto v) { return !v; });
  travels<nothing>({}, [](auto&&) { return true; });
  travels<over_aligned>({}, [](auto& v) { return reinterpret_cast<std::uintptr_t>(&v) % 64 == 0 && v.byte == 'x'; });
  odd_sized odd{};
  for (std::size_t i = 0; i < odd.bytes.size(); ++i) {
    odd.bytes[i] = static_cast<char>('a' + i);
  }
  travels<odd_sized>(odd, [odd](auto& v) { return v.bytes == odd.bytes; });
  travels<padded>({'a', 1, 'b'}, [](auto& v) { return v.first == 'a' && v.second == 1 && v.third == 'b'; });
  travels<std::string>(std::string(1000, 'x'), [](auto& v) { return v == std::string(1000, 'x'); });
  large many{};
  for (std::size_t i = 0; i < many.words.size(); ++i) {
    many.words[i] = static_cast<std::uint32_t>(i);
  }
  travels<large>(many, [&many](auto& v) { return v.words == many.words; });
}

// Types whose constructors are greedy, or that look like an outcome, arrive as themselves.
TEST(Payload, MayLookLikeAnOutcome) {
  travels<std::any>(std::any(7), [](auto& v) { return std::any_cast<int>(v) == 7; });
  travels<std::optional<int>>(std::nullopt, [](auto& v) { return !v; });
  travels<recv_error>(recv_error::disconnected, [](auto v) { return v == recv_error::disconnected; });
  travels<std::expected<int, recv_error>>(std::unexpected(recv_error::disconnected), [](auto& v) { return !v; });
  travels<std::expected<void, int>>({}, [](auto& v) { return v.has_value(); });
}

TEST(Payload, NeedsNeitherDefaultConstructorNorCopyNorAssignment) {
  static_assert(!std::is_default_constructible_v<tracked<>> && !std::is_copy_constructible_v<tracked<>> &&
                !std::is_move_assignable_v<tracked<>>);
  life_counts<> life;
  {
    auto [tx, rx] = bounded_channel<tracked<>>(1);
    EXPECT_TRUE(tx.send(tracked<>(life, 1)));
    EXPECT_FALSE(tx.try_send(tracked<>(life, 2)));
    EXPECT_FALSE(tx.send_for(tracked<>(life, 2), 0s));
    EXPECT_EQ(rx.recv_for(0s).value().id(), 1);
    for ([[maybe_unused]] auto&& value : rx.drain()) {
    }
  }
  EXPECT_EQ(life.objects, 0U);
}

TEST(Channel, UnwindingDropsBothEnds) {
  life_counts<> life;
  auto [tx, rx] = channel<tracked<>>();
  try {
    const receiver<tracked<>> mine = std::move(rx);
    EXPECT_TRUE(tx.send(tracked<>(life, 1)));
    throw std::runtime_error("on the way out");
  } catch (const std::runtime_error& thrown) {
    EXPECT_STREQ(thrown.what(), "on the way out");
  }
  EXPECT_EQ(life.objects, 0U);
  EXPECT_FALSE(tx.send(tracked<>(life, 2)));

  auto [next_tx, next_rx] = channel<int>();
  try {
    const sender<int> mine = std::move(next_tx);
    throw std::runtime_error("on the way out");
  } catch (const std::runtime_error& thrown) {
    EXPECT_STREQ(thrown.what(), "on the way out");
  }
  EXPECT_TRUE(is_disconnected(next_rx.recv()));
}

}  // namespace
}  // namespace plumbline::test

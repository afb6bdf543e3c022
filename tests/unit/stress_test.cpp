// Short races, many times over: start-up and tear-down, both ends going at once, shutdown in the middle of traffic.
// Each has a check of its own; the sanitizers add theirs. (The interleavings are left to chance here; stress/relacy is
// where they are enumerated.)

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

constexpr capacity every_capacity[] = {capacity(), capacity(0), capacity(1)};
constexpr int rounds = 150;

using shared_counts = life_counts<std::atomic<std::size_t>>;
using shared_tracked = tracked<std::atomic<std::size_t>>;

TEST(Stress, OneShotChannels) {
  for (int i = 0; i < rounds; ++i) {
    for (const capacity places : every_capacity) {
      auto [tx, rx] = make<int>(places);
      const std::jthread consumer([mine = std::move(rx)]() mutable { ASSERT_EQ(mine.recv(), 1); });
      const std::jthread producer([mine = std::move(tx)] { ASSERT_TRUE(mine.send(1)); });
    }
  }
}

TEST(Stress, BothEndsGoAtOnce) {
  for (int i = 0; i < rounds; ++i) {
    for (const capacity places : every_capacity) {
      auto [tx, rx] = make<int>(places);
      const std::jthread consumer([mine = std::move(rx)] {});
      const std::jthread producer([mine = std::move(tx)] {});
    }
  }
}

TEST(Stress, SendWhileTheReceiverGoes) {
  for (int i = 0; i < rounds; ++i) {
    for (const capacity places : every_capacity) {
      shared_counts life;
      auto [tx, rx] = make<shared_tracked>(places);
      std::jthread consumer([mine = std::move(rx)]() mutable { mine.drop(); });
      const auto sent = tx.send(shared_tracked(life, 1));
      if (places == 0U) {
        ASSERT_FALSE(sent);  // nobody ever receives
      }
      consumer.join();
      ASSERT_EQ(life.values, sent ? 0U : 1U);  // destroyed with the channel, or given back; not later than this
    }
  }
}

// NO-LOSS: the race of {send; drop} with a receive never ends in `disconnected` with the value left behind.
TEST(Stress, ReceiveWhileTheLastSenderGoes) {
  for (int i = 0; i < rounds; ++i) {
    for (const capacity places : every_capacity) {
      auto [tx, rx] = make<int>(places);
      const std::jthread producer([mine = std::move(tx)] { ASSERT_TRUE(mine.send(1)); });
      if (i % 2 == 0) {
        ASSERT_EQ(rx.recv(), 1);
        ASSERT_TRUE(is_disconnected(rx.recv()));
      } else {
        auto received = rx.try_recv();
        while (is_empty(received)) {
          received = rx.try_recv();
        }
        ASSERT_EQ(received, 1);
      }
    }
  }
}

TEST(Stress, SeveralSendersGoAtOnce) {
  for (int i = 0; i < rounds; ++i) {
    auto [tx, rx] = channel<int>();
    std::vector<std::jthread> owners;
    for (int t = 0; t < 3; ++t) {
      owners.emplace_back([mine = tx.clone()]() mutable { mine.drop(); });
    }
    tx.drop();
    ASSERT_TRUE(is_disconnected(rx.recv()));
  }
}

TEST(Stress, ClonesComeAndGoDuringReceives) {
  auto [tx, rx] = bounded_channel<int>(4);
  const std::jthread maker([mine = std::move(tx)]() mutable {
    for (int i = 0; i < 1'000; ++i) {
      auto next = mine.clone();
      ASSERT_TRUE(mine.send(i));
      mine = std::move(next);
    }
  });
  int expected = 0;
  for (auto&& value : rx) {
    ASSERT_EQ(value, expected++);
  }
  EXPECT_EQ(expected, 1'000);
}

// Senders of every kind and a receiver of every kind, and the receiver goes in the middle: what was accepted and what
// was received agree, what was refused came back, and nothing is left alive.
TEST(Stress, ShutdownInTheMiddleOfTraffic) {
  for (const capacity places : {capacity(), capacity(0), capacity(1), capacity(5)}) {
    for (int round = 0; round < 10; ++round) {
      shared_counts life;
      std::atomic<int> accepted = 0;
      int received = 0;
      std::vector<std::jthread> producers;
      {
        auto [tx, rx] = make<shared_tracked>(places);
        for (int kind = 0; kind < 3; ++kind) {
          producers.emplace_back([&life, &accepted, kind, out = tx.clone()] {
            for (int i = 0;; ++i) {
              bool disconnected = false;
              bool sent = false;
              const auto note = [&](const auto& outcome) {
                sent = outcome.has_value();
                if (!sent) {
                  ASSERT_EQ(outcome.error().value.id(), i);
                  using reason = decltype(outcome.error().reason);
                  disconnected = outcome.error().reason == reason::disconnected;
                }
              };
              if (kind == 0) {
                note(out.send(shared_tracked(life, i)));
              } else if (kind == 1) {
                note(out.try_send(shared_tracked(life, i)));
              } else {
                note(out.send_for(shared_tracked(life, i), 20us));
              }
              accepted += sent;
              if (disconnected) {
                return;
              }
            }
          });
        }
        tx.drop();
        for (int i = 0; received < 100; ++i) {
          received += i % 3 == 0   ? rx.recv().has_value()
                      : i % 3 == 1 ? rx.try_recv().has_value()
                                   : rx.recv_for(20us).has_value();
        }
      }
      producers.clear();
      EXPECT_GE(accepted, received);
      if (places == 0U) {
        EXPECT_EQ(accepted, received);
      }
      EXPECT_EQ(life.values, 0U);
      EXPECT_EQ(life.objects, 0U);
    }
  }
}

// A ring of channels, each with its own thread: a value that goes round must come back (after flume's "robin").
TEST(Stress, ARingPassesItsTokenOn) {
  constexpr int stations = 8;
  for (const std::size_t places : {1U, 20U}) {
    auto [in, start] = bounded_channel<int>(places);
    receiver<int> last = std::move(start);
    std::vector<std::jthread> threads;
    for (int i = 0; i < stations; ++i) {
      auto [out, next] = bounded_channel<int>(places);
      threads.emplace_back([from = std::move(last), to = std::move(out)]() mutable {
        for (auto&& value : from) {
          ASSERT_TRUE(to.send(value + 1));
        }
      });
      last = std::move(next);
    }
    int token = 0;
    for (int lap = 1; lap <= 50; ++lap) {
      ASSERT_TRUE(in.send(token));
      token = last.recv().value();
      ASSERT_EQ(token, lap * stations);
    }
    in.drop();
    EXPECT_TRUE(is_disconnected(last.recv()));
  }
}

// The same work with a blocking, a polling and a timed consumer: the results agree.
TEST(Stress, EveryWayToReceiveSeesTheSame) {
  constexpr std::uint64_t values = 600;
  for (const capacity places : every_capacity) {
    for (int way = 0; way < 4; ++way) {
      auto [tx, rx] = make<std::uint64_t>(places);
      std::vector<std::jthread> producers;
      for (std::uint64_t t = 0; t < 2; ++t) {
        producers.emplace_back([t, out = tx.clone()] {
          for (std::uint64_t i = t; i < values; i += 2) {
            ASSERT_TRUE(out.send(i));
          }
        });
      }
      tx.drop();
      std::uint64_t sum = 0;
      std::uint64_t count = 0;
      const auto take = [&sum, &count](std::uint64_t value) {
        sum += value;
        ++count;
      };
      switch (way) {
        case 0:
          while (const auto value = rx.recv()) {
            take(*value);
          }
          break;
        case 1:
          for (auto value = rx.try_recv(); !is_disconnected(value); value = rx.try_recv()) {
            value ? take(*value) : std::this_thread::yield();
          }
          break;
        case 2:
          for (auto value = rx.recv_for(10us); !is_disconnected(value); value = rx.recv_for(10us)) {
            if (value) {
              take(*value);
            }
          }
          break;
        default:
          for (auto&& value : rx) {
            take(value);
          }
      }
      EXPECT_EQ(count, values);
      EXPECT_EQ(sum, values * (values - 1) / 2);
    }
  }
}

}  // namespace
}  // namespace plumbline::test

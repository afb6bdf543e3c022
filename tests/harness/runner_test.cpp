// What a watchdog is told of the threads of a program: whether who has not finished sleeps, or has not had its turn. A
// hang is judged only when nobody may just be waiting for a processor. Limits of time are fail-safes.

#include "plumbline/oracle/runner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <semaphore>
#include <thread>

#include "plumbline/oracle/adapter.hpp"

namespace {

using namespace plumbline::oracle;
using namespace std::chrono_literals;
using kind = operation_kind;

enum class way { spins, sleeps };

// A send waits, in one way or the other, until the test lets it go.
template <way Waits>
class slow_channel {
 public:
  static constexpr contract promises{.disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true, .smallest = 1, .largest = capacities::any};

  slow_channel(capacity, std::uint32_t) {}

  attempt send(std::uint32_t, std::uint64_t value) {
    began.release();
    if constexpr (Waits == way::spins) {
      while (!go) {
      }
    } else {
      go_on.acquire();
    }
    value_ = value;
    sent_.release();
    return outcome::ok;
  }
  attempt recv() {
    sent_.acquire();
    return received(value_);
  }

  static inline std::counting_semaphore<> began{0};
  static inline std::counting_semaphore<> go_on{0};
  static inline std::atomic<bool> go = false;

 private:
  std::binary_semaphore sent_{0};
  std::uint64_t value_ = 0;
};

program one_value() {
  program one;
  one.scripts = {{{.kind = kind::send, .sender = 0, .value = 1}}};
  one.receiving = {{.kind = kind::recv}};
  return one;
}

// A run on a thread of its own, so that the test can look on.
template <way Waits>
class watched_run {
 public:
  watched_run() : thread_([this] { threads.run(one_value(), 0, scheduling(), 0); }) {
    slow_channel<Waits>::began.acquire();
  }
  ~watched_run() {
    slow_channel<Waits>::go = true;
    slow_channel<Waits>::go_on.release();
    thread_.join();
  }
  watched_run(const watched_run&) = delete;
  watched_run& operator=(const watched_run&) = delete;

  const channel_type type = describe<slow_channel<Waits>>("slow");
  runner threads{type, type.promises};

 private:
  std::thread thread_;
};

bool in_time(const auto& condition) {
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

TEST(Runner, WhoSleepsHasHadItsTurn) {
  watched_run<way::sleeps> run;
  EXPECT_EQ(run.threads.running(), 0U);
  run.threads.watch_turns();
  EXPECT_TRUE(in_time([&] { return run.threads.had_their_turn(24h); }));
}

TEST(Runner, WhoWantsTheProcessorHasHadItsTurnOnlyWhenItGotIt) {
  watched_run<way::spins> run;
  run.threads.watch_turns();
  EXPECT_FALSE(run.threads.had_their_turn(24h)) << "it spins, and cannot have used so much";
  EXPECT_TRUE(in_time([&] { return run.threads.had_their_turn(50ms); }));
  // Tried again, because between the two calls it may get those 50 ms once more.
  EXPECT_TRUE(in_time([&] {
    run.threads.watch_turns();
    return !run.threads.had_their_turn(50ms);
  })) << "what it used before is counted again";
}

TEST(Runner, WhoIsDoneHasHadItsTurn) {
  const channel_type type = describe<slow_channel<way::sleeps>>("slow");
  runner threads(type, type.promises);
  threads.watch_turns();
  EXPECT_TRUE(threads.had_their_turn(24h));
  EXPECT_EQ(threads.running(), std::nullopt);
}

}  // namespace

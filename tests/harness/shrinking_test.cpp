// Smaller programs: what is left is a program that ends on every correct channel, and that fails as the larger one did.
// Limits of time are fail-safes.

#include "plumbline/oracle/shrinking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "broken_channel.hpp"
#include "plumbline/oracle/run_verdict.hpp"
#include "plumbline/oracle/runner.hpp"

namespace {

using namespace plumbline::oracle;
using broken::fault;
using kind = operation_kind;

std::vector<std::size_t> some_of(std::size_t requests, random_source& random) {
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < requests; ++i) {
    if (random.one_in(3)) {
      some.push_back(i);
    }
  }
  return some;
}

TEST(Without, NothingItIsTheSameProgram) {
  const program_shape shape = shape_for(describe<broken::channel<fault::none>>("sound"));
  for (std::uint64_t index = 0; index < 500; ++index) {
    const program whole = generate(shape, 3, index);
    const auto same = without(whole, shape.disconnect, {});
    ASSERT_TRUE(same) << to_string(whole);
    EXPECT_EQ(to_string(*same), to_string(whole));
  }
}

TEST(Without, WhatIsNotThereCannotBeLeftOut) {
  const program_shape shape = shape_for(describe<broken::channel<fault::none>>("sound"));
  const program whole = generate(shape, 3, 1);
  EXPECT_FALSE(without(whole, shape.disconnect, {requests_of(whole)}));
}

// It is run on a channel without a fault; were it to wait for ever there, so would this test.
TEST(Without, WhateverIsLeftOutTheRestEndsAndConforms) {
  const channel_type type = describe<broken::channel<fault::none>>("sound");
  program_shape shape = shape_for(type);
  std::size_t possible = 0;
  for (const disconnection disconnect : {disconnection::both, disconnection::none}) {
    shape.disconnect = disconnect;
    contract promised = type.promises;
    promised.disconnect = disconnect;
    runner threads(type, promised);
    for (std::uint64_t index = 0; index < 500; ++index) {
      const program whole = generate(shape, 17, index);
      random_source random(99, index);
      const auto less = without(whole, disconnect, some_of(requests_of(whole), random));
      if (!less) {
        continue;
      }
      ++possible;
      ASSERT_EQ(less->scripts.size(), less->senders);
      const observation seen = threads.run(*less, index, scheduling(), index);
      ASSERT_EQ(verdict_of(seen).what, judgement::conforms) << to_string(*less) << verdict_of(seen).because;
    }
  }
  EXPECT_GT(possible, 100U);
}

TEST(Without, ItRefusesWhatMightWaitForEver) {
  // One sender with a place for one value: without its drop the receiver would wait, and without a receiver the sender.
  program one;
  one.capacity = 1;
  one.scripts = {{{.kind = kind::send, .value = 1}, {.kind = kind::send, .value = 2}, {.kind = kind::drop_sender}}};
  one.end = ending::until_disconnected;
  EXPECT_TRUE(without(one, disconnection::both, {0}));
  EXPECT_FALSE(without(one, disconnection::both, {2})) << "the drop";
  EXPECT_FALSE(without(one, disconnection::both, {3})) << "the receiver";
  EXPECT_TRUE(without(one, disconnection::both, {0, 1, 3}));
  one.receiving = {{.kind = kind::recv}, {.kind = kind::recv}};
  one.end = ending::leave;
  EXPECT_TRUE(without(one, disconnection::none, {})) << "two values come for sure";
  EXPECT_FALSE(without(one, disconnection::none, {0})) << "only one does";
  EXPECT_TRUE(without(one, disconnection::both, {0})) << "it hears of the drop";
}

TEST(Without, AThreadThatDoesNothingIsGoneAndTheOthersMoveUp) {
  program one;
  one.senders = 3;
  one.scripts = {{{.kind = kind::drop_sender, .sender = 0}},
                 {{.kind = kind::send, .sender = 1, .value = 7}, {.kind = kind::drop_sender, .sender = 1}},
                 {{.kind = kind::clone, .sender = 2, .value = 3},
                  {.kind = kind::drop_sender, .sender = 2},
                  {.kind = kind::drop_sender, .sender = 3}}};
  one.end = ending::until_disconnected;
  const auto less = without(one, disconnection::both, {0});
  ASSERT_TRUE(less);
  EXPECT_EQ(to_string(*less),
            "capacity unbounded, 2 senders\n"
            "  thread 0: send(7) by 0; drop_sender 0\n"
            "  thread 1: clone 1 as 2; drop_sender 1; drop_sender 2\n"
            "  receiver: recv until disconnected\n");
  const auto without_clone = without(one, disconnection::both, {0, 3});
  ASSERT_TRUE(without_clone);
  EXPECT_EQ(requests_of(*without_clone), 4U) << "the clone's drop goes with it";
}

TEST(Without, WhoPollsNeedNotHearOfTheDisconnect) {
  program one;
  one.scripts = {{{.kind = kind::try_send, .value = 1}, {.kind = kind::drop_sender}}};
  one.end = ending::until_disconnected;
  one.drain = kind::try_recv;
  const auto less = without(one, disconnection::both, {1});
  ASSERT_TRUE(less);
  EXPECT_EQ(less->end, ending::until_empty);
  one.drain = kind::recv;
  EXPECT_FALSE(without(one, disconnection::both, {1}));
}

template <class Channel>
shrunk shrunk_program(std::uint64_t seed = 42) {
  const channel_type type = describe<Channel>("a channel");
  campaign_options options;
  options.promised = type.promises;
  options.seed = seed;
  options.time = std::chrono::seconds(60);
  const campaign_result result = campaign(type, options).run([](const tally&) { return true; });
  EXPECT_TRUE(result.found);
  shrunk less = shrink_program(type, options, *result.found, 300, 30'000, [] { return true; });
  EXPECT_EQ(less.smallest.judged.broken, result.found->judged.broken);
  EXPECT_LE(less.runs, 30'000U);
  // What it says can be said again.
  options.only_program = result.found->program;
  options.without = less.left_out;
  options.burst = less.burst;
  EXPECT_EQ(campaign::unmet(type, options), "");
  const program left = campaign(type, options).program_number(result.found->program);
  EXPECT_EQ(requests_of(left), less.requests);
  EXPECT_LE(less.requests, 8U) << to_string(left);
  return less;
}

TEST(Shrink, FindsTheFewRequestsThatMatter) {
  shrunk_program<broken::channel<fault::loses_tail_at_close>>();
  shrunk_program<broken::channel<fault::one_too_many>>();
  shrunk_program<broken::channel<fault::accepts_after_drop>>();
  shrunk_program<broken::channel<fault::gives_up_early>>();
}

// Never waits, so all that ends a program can go.
class only_tries {
 public:
  static constexpr contract promises{};
  static constexpr capacities sizes{.smallest = 3, .largest = 3};

  only_tries(capacity places, std::uint32_t senders) : channel_(places, senders) {}

  attempt try_send(std::uint32_t sender, std::uint64_t value) { return channel_.try_send(sender, value); }
  attempt try_recv() { return channel_.try_recv(); }
  void clone(std::uint32_t sender, std::uint32_t new_sender) { channel_.clone(sender, new_sender); }
  void drop_sender(std::uint32_t sender) { channel_.drop_sender(sender); }
  void drop_receiver() { channel_.drop_receiver(); }

 private:
  broken::channel<fault::one_too_many> channel_;
};

TEST(Shrink, LeavesOutAllThatEndsTheProgram) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto& left = shrunk_program<only_tries>(seed).smallest.recorded.operations;
    EXPECT_TRUE(std::ranges::none_of(left,
                                     [](const operation& one) {
                                       return is_recv(one.kind) || one.kind == kind::drop_sender ||
                                              one.kind == kind::drop_receiver;
                                     }))
        << "seed " << seed;
  }
}

// The 33rd value changes places with the one before it.
TEST(Shrink, ShortensBursts) {
  const shrunk less = shrunk_program<broken::channel<fault::swaps_at_a_blocks_border>>();
  ASSERT_TRUE(less.burst);
  EXPECT_LE(*less.burst, 33U);
  const auto values =
      std::ranges::count_if(less.smallest.recorded.operations, [](const operation& one) { return is_send(one.kind); });
  EXPECT_LE(values, 36);
}

TEST(Shrink, StopsWhenItIsTold) {
  const channel_type type = describe<broken::channel<fault::one_too_many>>("a channel");
  campaign_options options;
  options.promised = type.promises;
  options.seed = 42;
  options.time = std::chrono::seconds(60);
  const campaign_result result = campaign(type, options).run([](const tally&) { return true; });
  ASSERT_TRUE(result.found);
  const shrunk same = shrink_program(type, options, *result.found, 300, 30'000, [] { return false; });
  EXPECT_EQ(same.runs, 0U);
  EXPECT_TRUE(same.left_out.empty());
  EXPECT_EQ(same.smallest.judged.because, result.found->judged.because);
  const shrunk little = shrink_program(type, options, *result.found, 300, 10, [] { return true; });
  EXPECT_LE(little.runs, 10U);
}

TEST(Shards, AreOfDifferentPrograms) {
  const channel_type type = describe<broken::channel<fault::one_too_many>>("a channel");
  for (std::uint64_t shard = 0; shard < 5; ++shard) {
    campaign_options options;
    options.promised = type.promises;
    options.seed = 42;
    options.shard = shard;
    options.shards = 5;
    options.time = std::chrono::seconds(60);
    const campaign_result result = campaign(type, options).run([](const tally&) { return true; });
    ASSERT_TRUE(result.found);
    EXPECT_EQ(result.found->program % 5, shard);
  }
}

}  // namespace

// The oracle is awake: each of these channels has one bug, and the harness finds it within seconds, under its right
// name. (Those that hang or crash are in command_test.cpp, in processes of their own.) Every limit of time here is a
// fail-safe: it is met only by a harness that has become blind.

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broken_channel.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/scheduling.hpp"
#include "plumbline/oracle/tracked.hpp"

namespace {

using namespace plumbline::oracle;
using broken::fault;

template <class Adapter>
campaign_result under_the_oracle(std::optional<std::uint64_t> programs = std::nullopt) {
  const channel_type type = describe<Adapter>("a channel");
  const campaign_options options{.promised = type.promises,
                                 .seed = 42,
                                 .only_program = {},
                                 .without = {},
                                 .capacity = {},
                                 .senders = {},
                                 .programs = programs,
                                 .operations = {},
                                 .time = std::chrono::seconds(100)};
  return campaign(type, options).run([](const tally&) { return true; });
}

// Which rule the channel is found to break, with what the run cost; "" if none.
template <fault Fault>
std::string rule_broken_by() {
  const campaign_result result = under_the_oracle<broken::channel<Fault>>();
  ::testing::Test::RecordProperty("programs", std::to_string(result.done.programs));
  if (!result.found || !result.found->judged.broken) {
    return "";
  }
  EXPECT_EQ(result.what, judgement::violates);
  EXPECT_FALSE(result.found->judged.because.empty());
  EXPECT_FALSE(result.found->hung);
  return std::string(to_string(*result.found->judged.broken));
}

TEST(BrokenChannel, WithoutAFaultItConforms) {
  const campaign_result result = under_the_oracle<broken::channel<fault::none>>(3000);
  EXPECT_EQ(result.what, judgement::conforms) << result.because;
  EXPECT_EQ(result.done.programs, 3000U);
  EXPECT_EQ(result.done.undecided, 0U);
  EXPECT_GT(result.done.lag.count(), 0);
  EXPECT_LT(result.done.lag * static_cast<double>(result.done.programs), result.done.seconds);
  EXPECT_GT(result.done.overlapping, 300U) << "hardly any operations overlapped: the stress is none";
  EXPECT_EQ(result.kept, contract{});
}

// Here and below: where two sentences of the contract say that this is wrong, either may be named. Which one, depends
// on what the threads happened to do.
TEST(BrokenChannel, TailLostAtClose) {
  const std::string broken = rule_broken_by<fault::loses_tail_at_close>();
  EXPECT_TRUE(broken == "NO-LOSS" || broken == "RECV-DISCONNECTED") << broken;
}

TEST(BrokenChannel, LifoUnderContention) {
  const std::string broken = rule_broken_by<fault::lifo_under_contention>();
  EXPECT_TRUE(broken == "FIFO" || broken == "SENDER-ORDER") << broken;
}

TEST(BrokenChannel, EmptyUnderContention) {
  const std::string broken = rule_broken_by<fault::empty_under_contention>();
  // try_recv, or recv_for; or both, and there was no receive after them
  EXPECT_TRUE(broken == "EMPTY-HONEST" || broken == "TIMEOUT-CLEAN" || broken == "NO-LOSS") << broken;
}

TEST(BrokenChannel, StaysWithOneSender) { EXPECT_EQ(rule_broken_by<fault::stays_with_one_sender>(), "FIFO"); }

TEST(BrokenChannel, Duplicates) { EXPECT_EQ(rule_broken_by<fault::duplicates_after_wait>(), "INTEGRITY"); }

TEST(BrokenChannel, OneTooMany) {
  const std::string broken = rule_broken_by<fault::one_too_many>();
  EXPECT_TRUE(broken == "CAPACITY" || broken == "FULL-HONEST") << broken;
}

// A channel that cannot be as small as the others: programs with bursts fill it.
template <fault Fault, std::size_t Smallest, std::size_t Largest>
class large_channel : public broken::channel<Fault> {
 public:
  static constexpr capacities sizes{.smallest = Smallest, .largest = Largest};
  using broken::channel<Fault>::channel;
};

template <std::size_t Smallest, std::size_t Largest>
void finds_one_too_many() {
  SCOPED_TRACE(Smallest);
  EXPECT_EQ((under_the_oracle<large_channel<fault::none, Smallest, Largest>>(500).what), judgement::conforms);
  const campaign_result result = under_the_oracle<large_channel<fault::one_too_many, Smallest, Largest>>();
  ASSERT_TRUE(result.found && result.found->judged.broken);
  const rule broken = *result.found->judged.broken;
  EXPECT_TRUE(broken == rule::capacity || broken == rule::full_honest) << to_string(broken);
}

TEST(BrokenChannel, OneTooManyOfALargeCapacity) {
  finds_one_too_many<8, 32>();
  finds_one_too_many<128, 128>();
  finds_one_too_many<1000, capacities::any>();
}

// No send is sure to bring a value, no receive returns without one, and nobody is told of the end.
template <bool Invents>
class tries_and_waits {
 public:
  static constexpr contract promises{.disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true, .smallest = 1, .largest = 3};

  tries_and_waits(capacity places, std::uint32_t senders) : channel_(places, senders) {}

  attempt try_send(std::uint32_t sender, std::uint64_t value) { return channel_.try_send(sender, value); }
  attempt recv() {
    ++receives;
    const attempt said = channel_.recv();
    return Invents ? received(424242) : said;
  }

  static inline std::atomic<int> receives{0};

 private:
  broken::channel<fault::none> channel_;
};

TEST(BrokenChannel, ReceivesByWaitingOnlyWhereNoSendIsSure) {
  EXPECT_EQ(under_the_oracle<tries_and_waits<false>>(500).what, judgement::conforms);
  EXPECT_GT(tries_and_waits<false>::receives, 300);
  const campaign_result result = under_the_oracle<tries_and_waits<true>>();
  ASSERT_TRUE(result.found && result.found->judged.broken);
  EXPECT_EQ(*result.found->judged.broken, rule::integrity);
}

// What is drawn is done: it looks at the thread that it is called on.
class looks_at_its_thread : public broken::channel<fault::none> {
  using base = broken::channel<fault::none>;

 public:
  using base::base;
  attempt send(std::uint32_t sender, std::uint64_t value) {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    pinned += CPU_COUNT(&set) == 1 ? 1 : 0;
    lowered += getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())) > as_started ? 1 : 0;
    ++sends;
    return base::send(sender, value);
  }
  static inline const int as_started = getpriority(PRIO_PROCESS, 0);
  static inline std::atomic<int> pinned{0};
  static inline std::atomic<int> lowered{0};
  static inline std::atomic<int> sends{0};
};

TEST(Scheduling, PinsThreadsAndLowersPrioritiesNowAndThen) {
  if (scheduling::permitted().find("no") != std::string::npos) {
    GTEST_SKIP() << "not here: " << scheduling::permitted();
  }
  const channel_type type = describe<looks_at_its_thread>("a channel");
  campaign_options options;
  options.promised = type.promises;
  options.seed = 1;
  options.programs = 1000;
  const campaign_result result = campaign(type, options).run([](const tally&) { return true; });
  EXPECT_EQ(result.what, judgement::conforms) << result.because;
  const int sends = looks_at_its_thread::sends;
  EXPECT_GT(looks_at_its_thread::pinned, sends / 20);
  EXPECT_LT(looks_at_its_thread::pinned, sends / 2);
  EXPECT_GT(looks_at_its_thread::lowered, 0);
  EXPECT_LT(looks_at_its_thread::lowered, sends / 4);
  looks_at_its_thread::pinned = 0;
  looks_at_its_thread::lowered = 0;
  options.schedules = false;
  EXPECT_EQ(campaign(type, options).run([](const tally&) { return true; }).what, judgement::conforms);
  EXPECT_EQ(looks_at_its_thread::pinned, 0);
  EXPECT_EQ(looks_at_its_thread::lowered, 0);
}

// These two need a program with bursts.
TEST(BrokenChannel, SwapsAtTheBorderOfABlock) {
  const std::string broken = rule_broken_by<fault::swaps_at_a_blocks_border>();
  EXPECT_TRUE(broken == "FIFO" || broken == "SENDER-ORDER") << broken;
}

TEST(BrokenChannel, IsNeverFullOfSixtyFour) { EXPECT_EQ(rule_broken_by<fault::counts_in_six_bits>(), "CAPACITY"); }

TEST(BrokenChannel, GivesUpEarly) { EXPECT_EQ(rule_broken_by<fault::gives_up_early>(), "TIMEOUT-CLEAN"); }

TEST(BrokenChannel, EmptyForEverAfterTheLastDrop) {
  EXPECT_EQ(rule_broken_by<fault::empty_for_ever>(), "RECV-DISCONNECTED");
}

TEST(BrokenChannel, AcceptsAfterTheReceiversDrop) {
  // The drop empties the buffer, so that more may be accepted than ever fit.
  const std::string broken = rule_broken_by<fault::accepts_after_drop>();
  EXPECT_TRUE(broken == "SEND-DISCONNECTED" || broken == "CAPACITY") << broken;
}

TEST(BrokenChannel, FullThoughThereIsRoom) {
  const std::string broken = rule_broken_by<fault::full_while_a_sender_waits>();
  EXPECT_TRUE(broken == "FULL-HONEST" || broken == "EMPTY-HONEST")
      << broken;  // the waiting sender's value was in it, or not
}

TEST(BrokenChannel, AnotherValueComesBack) {
  EXPECT_EQ(rule_broken_by<fault::returns_another_value>(), "SEND-DISCONNECTED");
}

TEST(BrokenChannel, OneThatThrowsCannotBeJudged) {
  const campaign_result result = under_the_oracle<broken::channel<fault::throws>>();
  ASSERT_TRUE(result.found);
  EXPECT_EQ(result.what, judgement::unknown);
  EXPECT_EQ(result.found->misuse, "an operation try_recv threw: the channel is not in the mood");
}

struct throws_a_number : broken::channel<fault::none> {
  using channel::channel;
  attempt recv() { throw 5; }
};

TEST(BrokenChannel, OneThatThrowsWhateverItLikesCannotBeJudgedEither) {
  const campaign_result result = under_the_oracle<throws_a_number>();
  ASSERT_TRUE(result.found);
  EXPECT_EQ(result.found->misuse, "an operation recv threw something that is no std::exception");
}

// A channel that carries tracked payloads, and forgets to destroy what is buffered when its receiver goes.
class hoarder : public broken::channel<fault::none> {
  using base = broken::channel<fault::none>;

 public:
  using base::base;
  attempt send(std::uint32_t sender, std::uint64_t value) { return keep(value, base::send(sender, value)); }
  attempt try_send(std::uint32_t sender, std::uint64_t value) { return keep(value, base::try_send(sender, value)); }
  attempt recv() { return release(base::recv()); }
  attempt try_recv() { return release(base::try_recv()); }
  attempt recv_for(std::chrono::nanoseconds patience) { return release(base::recv_for(patience)); }

 private:
  attempt keep(std::uint64_t value, attempt said) {
    if (said.result == outcome::ok) {
      const std::scoped_lock lock(mutex_);
      kept_.emplace_back(value);
    }
    return said;
  }
  attempt release(attempt said) {
    if (said.result == outcome::ok) {
      const std::scoped_lock lock(mutex_);
      std::erase_if(kept_, [&](const tracked& one) { return one.value() == said.value; });
    }
    return said;
  }

  std::mutex mutex_;
  std::vector<tracked> kept_;
};

TEST(BrokenChannel, LeftoversOutliveTheReceiver) {
  const campaign_result result = under_the_oracle<hoarder>();
  ASSERT_TRUE(result.found);
  ASSERT_TRUE(result.found->judged.broken);
  EXPECT_EQ(*result.found->judged.broken, rule::lifetime) << result.found->judged.because;
  EXPECT_GT(result.done.tracked, 0U);
}

}  // namespace

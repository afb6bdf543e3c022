// Payloads that are faults: each of these channels has one bug that a plain payload does not show, and the payload that
// is meant for it does. (The one that hangs is in command_test.cpp, in a process of its own.) Every limit of time here
// is a fail-safe.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "broken_payload_channel.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/shrinking.hpp"

namespace {

using namespace plumbline::oracle;
using broken::payload_fault;

template <template <class> class Adapter>
campaign_result with_payload(payload carried, std::uint64_t programs, std::uint64_t seed = 42) {
  const channel_type type = describe<Adapter>("a channel");
  campaign_options options;
  options.promised = type.promises;
  options.seed = seed;
  options.carried = carried;
  options.programs = programs;
  options.time = std::chrono::seconds(60);
  EXPECT_EQ(campaign::unmet(type, options), "");
  return campaign(type, options).run([](const tally&) { return true; });
}

// Which rule is found to be broken with this payload; "" if none. Not one is with a plain payload.
template <payload_fault Fault>
std::string only_found_with(payload carried) {
  const campaign_result plain = with_payload<broken::with<Fault>::template channel>(payload::plain, 500);
  EXPECT_EQ(plain.what, judgement::conforms) << "a plain payload shows it: " << plain.because;
  const campaign_result result = with_payload<broken::with<Fault>::template channel>(carried, 20'000);
  ::testing::Test::RecordProperty("programs", std::to_string(result.done.programs));
  if (!result.found || !result.found->judged.broken) {
    return "";
  }
  return std::string(to_string(*result.found->judged.broken)) + ": " + result.found->judged.because;
}

// Each receive waits, and is called for a value that was sent. One that threw has taken its value, and is not called
// again.
template <class Payload>
class waits_for_what_was_sent {
 public:
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true};
  static constexpr payload_set payloads = all_payloads;

  waits_for_what_was_sent(capacity places, std::uint32_t senders) : channel_(places, senders) {}

  attempt try_send(std::uint32_t sender, std::uint64_t value) { return channel_.try_send(sender, value); }
  attempt recv() { return channel_.recv(); }

 private:
  broken::with<payload_fault::loses_what_throws>::channel<Payload> channel_;
};

TEST(PayloadFaults, AReceiveThatThrewAndTookItsValueIsCounted) {
  const campaign_result result = with_payload<waits_for_what_was_sent>(payload::throwing, 500);
  EXPECT_EQ(result.what, judgement::conforms) << result.because;
}

TEST(PayloadFaults, AChannelWithoutAFaultConformsWithEachOfThem) {
  for (const payload carried : every_payload) {
    for (const campaign_result& result :
         {with_payload<broken::with<payload_fault::none>::channel>(carried, 500),
          with_payload<broken::with<payload_fault::loses_what_throws>::channel>(carried, 500)}) {
      EXPECT_EQ(result.what, judgement::conforms) << to_string(carried) << ": " << result.because;
      EXPECT_EQ(result.done.programs, 500U);
      EXPECT_EQ(result.done.tracked, carried == payload::bare ? 0U : 500U) << "whether LIFETIME was looked at";
    }
  }
}

// A thread that loses its processor in the midst of a move is as slow as that, so a plain payload shows it, too, but
// hardly ever.
TEST(PayloadFaults, ASlowOneShowsWhoGivesUpOnALockWhileAValueIsMoved) {
  constexpr std::uint64_t seeds = 20;
  const auto found_in = [](payload carried) {
    std::uint64_t found = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const campaign_result result =
          with_payload<broken::with<payload_fault::gives_up_on_its_mutex>::channel>(carried, 100, seed);
      found += result.what == judgement::violates ? 1U : 0U;
      EXPECT_TRUE(!result.found || result.found->judged.broken == rule::empty_honest ||
                  result.found->judged.broken == rule::no_loss)
          << result.because;
    }
    return found;
  };
  const std::uint64_t slow = found_in(payload::slow);
  const std::uint64_t plain = found_in(payload::plain);
  ::testing::Test::RecordProperty("slow", std::to_string(slow));
  ::testing::Test::RecordProperty("plain", std::to_string(plain));
  EXPECT_GT(slow, seeds * 3 / 4);
  EXPECT_LT(plain, slow / 2);
}

#if !PLUMBLINE_SANITIZED  // UndefinedBehaviorSanitizer sees it itself
TEST(PayloadFaults, AnAlignedOneShowsAPlaceThatIsNot) {
  EXPECT_EQ(only_found_with<payload_fault::puts_a_header_in_front>(payload::aligned),
            "LIFETIME: a payload object was made at an address that is no multiple of 128, its alignment");
}
#endif

TEST(PayloadFaults, ALargeOneShowsThatNotAllOfItIsMoved) {
  const std::string said = only_found_with<payload_fault::moves_256_bytes>(payload::large);
  EXPECT_TRUE(said.starts_with("INTEGRITY: value ") && said.ends_with(" was torn on its way")) << said;
}

TEST(PayloadFaults, AThrowingOneShowsAPlaceThatStaysTaken) {
  const std::string said = only_found_with<payload_fault::counts_what_threw>(payload::throwing);
  EXPECT_TRUE(said.starts_with("FULL-HONEST")) << said;
}

TEST(PayloadFaults, WhatAChannelDoesNotAcceptIsSaidInASentence) {
  const channel_type type = describe<broken::with<payload_fault::none>::channel>("sound");
  channel_type numbers = type;
  numbers.payloads = {};
  channel_type some = type;
  some.payloads = payloads_that_do_not_throw;
  campaign_options options;
  options.promised = type.promises;
  options.carried = payload::throwing;
  EXPECT_EQ(campaign::unmet(type, options), "");
  EXPECT_EQ(campaign::unmet(numbers, options),
            "sound cannot carry a payload: its adapter is no template over it, so it carries numbers");
  EXPECT_EQ(campaign::unmet(some, options),
            "sound does not accept the payload throwing; it does plain, slow, reentrant, large, aligned");
}

// The first finding with a payload that is a fault, made smaller.
template <payload_fault Fault>
shrunk shrunk_from_a_fault() {
  const channel_type type = describe<broken::with<Fault>::template channel>("a channel");
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    campaign_options options;
    options.promised = type.promises;
    options.seed = seed;
    options.programs = 20'000;
    options.time = std::chrono::seconds(60);
    const campaign_result result = campaign(type, options).run([](const tally&) { return true; });
    if (!result.found || campaign(type, options).program_number(result.found->program).carried == payload::plain) {
      continue;
    }
    return shrink_program(type, options, *result.found, 300, 30'000, [] { return true; });
  }
  ADD_FAILURE() << "no such finding";
  return {};
}

TEST(PayloadFaults, OneThatDoesNotMatterIsNotNamed) {
  EXPECT_TRUE(shrunk_from_a_fault<payload_fault::one_too_many>().plain);
  EXPECT_FALSE(shrunk_from_a_fault<payload_fault::moves_256_bytes>().plain);
}

}  // namespace

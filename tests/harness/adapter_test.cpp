// Adapters: what a class must have to be one, what is found in it, and what is asked of it.

#include "plumbline/oracle/adapter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "broken_channel.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/tracked.hpp"

namespace {

using namespace plumbline::oracle;

struct smallest {
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true};
  static constexpr std::string_view version = "3.1";
  smallest(capacity, std::uint32_t) {}
  attempt send(std::uint32_t, std::uint64_t) { return outcome::ok; }
  attempt recv() { return received(7); }
};
static_assert(channel_adapter<smallest>);
static_assert(channel_adapter<broken::channel<broken::fault::none>>);

struct no_promises {
  [[maybe_unused]] static constexpr capacities sizes{.unbounded = true};
  no_promises(capacity, std::uint32_t) {}
  attempt send(std::uint32_t, std::uint64_t) { return outcome::ok; }
  attempt recv() { return received(7); }
};
static_assert(!channel_adapter<no_promises>);

struct cannot_receive : smallest {
  using smallest::smallest;
  void recv(int) {}  // hides the right one
};
static_assert(!channel_adapter<cannot_receive>);

// Misspelled, so to speak: it is there, but it takes no sender. It must not count as absent.
struct wrong_try_send : smallest {
  using smallest::smallest;
  attempt try_send(std::uint64_t) { return outcome::full; }
};
static_assert(!channel_adapter<wrong_try_send>);

struct lies_about_disconnection : smallest {
  using smallest::smallest;
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::both};
};
static_assert(!channel_adapter<lies_about_disconnection>);

struct drops_senders : smallest {
  using smallest::smallest;
  void drop_sender(std::uint32_t) {}
  static constexpr contract promises{.capacity = bound::unbounded, .disconnect = disconnection::receiver};
};
static_assert(channel_adapter<drops_senders>);

struct lies_about_its_receiver : drops_senders {
  using drops_senders::drops_senders;
  void drop_receiver() {}
};
static_assert(!channel_adapter<lies_about_its_receiver>);

struct lies_about_its_bound : smallest {
  using smallest::smallest;
  static constexpr capacities sizes{.unbounded = true, .smallest = 1, .largest = 4};
};
static_assert(!channel_adapter<lies_about_its_bound>);

struct final_one final {};
static_assert(!channel_adapter<final_one>);

TEST(Adapter, DeclaresWhatItHas) {
  const channel_type type = describe<smallest>("small");
  EXPECT_EQ(type.name, "small");
  EXPECT_EQ(type.version, "3.1");
  EXPECT_EQ(to_string(type.operations), "send recv");
  EXPECT_EQ(to_string(type.sizes), "unbounded");
  const auto channel = type.make(std::nullopt, 1, payload::plain);
  EXPECT_EQ(channel->call({.kind = operation_kind::send, .value = 1}).result, outcome::ok);
  EXPECT_EQ(channel->call({.kind = operation_kind::recv}).value, 7U);
}

TEST(Adapter, OptionsThatItCannotMeetAreRefusedInASentence) {
  const channel_type type = describe<smallest>("small");
  campaign_options options{.promised = type.promises,
                           .only_program = {},
                           .without = {},
                           .capacity = {},
                           .senders = {},
                           .programs = {},
                           .operations = {}};
  EXPECT_EQ(campaign::unmet(type, options), "");
  options.capacity = capacity(3);
  EXPECT_EQ(campaign::unmet(type, options), "small cannot be made with capacity 3; it can with unbounded");
  options.capacity.reset();
  options.senders = 9;
  EXPECT_EQ(campaign::unmet(type, options), "9 senders cannot be: 1 to 8 can");
  options.senders.reset();
  options.promised.disconnect = disconnection::both;
  EXPECT_EQ(campaign::unmet(type, options),
            "small cannot be held to disconnect=both: it has no way to drop its senders");
  EXPECT_EQ(campaign::unmet(describe<drops_senders>("large"), options),
            "large cannot be held to disconnect=both: it has no way to drop its receiver");
  options.promised.disconnect = disconnection::receiver;
  EXPECT_EQ(campaign::unmet(describe<drops_senders>("large"), options), "");
}

TEST(Ledger, CountsEachValueOnce) {
  ledger counts;
  ledger::use_on_this_thread(&counts);
  EXPECT_EQ(counts.fault(true), "");
  {
    tracked first(1);
    tracked second = std::move(first);
    tracked third;
    third = std::move(second);
    EXPECT_EQ(third.value(), 1U);
    EXPECT_EQ(second.value(), tracked::nothing);
    EXPECT_NE(counts.fault(false), "") << "the value is still there";
  }
  EXPECT_TRUE(counts.used());
  EXPECT_EQ(counts.fault(true), "");
  ledger::use_on_this_thread(nullptr);
}

TEST(Ledger, NoticesWhatIsNeverDestroyed) {
  ledger counts;
  ledger::use_on_this_thread(&counts);
  auto kept = std::make_unique<tracked>(4);
  EXPECT_EQ(counts.fault(true), "value 4 was never destroyed, although the channel is gone");
  kept.reset();
  EXPECT_EQ(counts.fault(true), "");
  ledger::use_on_this_thread(nullptr);
}

TEST(Ledger, NoticesWhatIsDestroyedTwice) {
  ledger counts;
  ledger::use_on_this_thread(&counts);
  alignas(tracked) std::byte memory[sizeof(tracked)];
  auto* const one = new (memory) tracked(5);
  one->~tracked();
  one->~tracked();
  EXPECT_NE(counts.fault(true), "");
  ledger::use_on_this_thread(nullptr);
}

}  // namespace

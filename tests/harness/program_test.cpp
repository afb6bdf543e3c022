// Client programs: the same seed gives the same programs, everywhere; they use only what the channel has; and there is
// no operation in them that may wait for ever on a correct channel.

#include "plumbline/oracle/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace plumbline::oracle;
using kind = operation_kind;

operation_set with(std::initializer_list<kind> kinds) {
  operation_set operations;
  for (const kind one : kinds) {
    operations.add(one);
  }
  return operations;
}

program_shape everything() {
  return {.operations = with({kind::send, kind::try_send, kind::send_for, kind::recv, kind::try_recv, kind::recv_for,
                              kind::clone, kind::drop_sender, kind::drop_receiver}),
          .disconnect = disconnection::both,
          .capacities = {std::nullopt, 0, 1, 2, 3},
          .senders = {}};
}

program_shape without_disconnection(operation_set operations) {
  return {.operations = operations, .disconnect = disconnection::none, .capacities = {std::nullopt, 1}, .senders = {}};
}

std::vector<request> all_requests(const program& one) {
  std::vector<request> all = one.receiving;
  all.insert(all.end(), one.after.begin(), one.after.end());
  for (const auto& script : one.scripts) {
    all.insert(all.end(), script.begin(), script.end());
  }
  return all;
}

TEST(Program, IsTheSameForTheSameSeed) {
  for (std::uint64_t index = 0; index < 500; ++index) {
    EXPECT_EQ(to_string(generate(everything(), 7, index)), to_string(generate(everything(), 7, index)));
  }
}

TEST(Program, IsAnotherForAnotherSeedOrIndex) {
  std::set<std::string> different;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t index = 0; index < 20; ++index) {
      different.insert(to_string(generate(everything(), seed, index)));
    }
  }
  EXPECT_GT(different.size(), 360U);  // of 400; the shortest ones come twice
}

// Written down: a program number in a report means the same on another machine, and next year.
TEST(Program, IsTheSameEverywhere) {
  EXPECT_EQ(to_string(generate(everything(), 1, 0)),
            "capacity 2, 1 sender\n"
            "  thread 0: try_send(1) by 0; send_for(2) by 0 within 0 us; send_for(3) by 0 within 0 us; send(4) by 0; "
            "drop_sender 0\n"
            "  receiver: try_recv; recv; recv; drop_receiver\n");
}

// What is carried is drawn beside the requests, so that one more payload changes no program but for what it carries.
TEST(Program, CarriesEachPayloadThatTheChannelAcceptsAndAsksForTheSame) {
  program_shape shape = everything();
  shape.payloads = payloads_that_do_not_throw;
  std::map<payload, int> carried;
  for (std::uint64_t index = 0; index < 500; ++index) {
    program one = generate(shape, 3, index);
    EXPECT_EQ(one.carried, generate(shape, 3, index).carried);
    ++carried[one.carried];
    one.carried = payload::plain;
    EXPECT_EQ(to_string(one), to_string(generate(everything(), 3, index)));
  }
  EXPECT_EQ(carried.size(), 5U);
  EXPECT_GT(carried[payload::plain], 200);
  shape.payloads = {payload::throwing};
  EXPECT_EQ(generate(shape, 3, 1).carried, payload::throwing);
}

// So that a ring goes round, and the end of a block is reached; all else about the program stays.
TEST(Program, HasBurstsNowAndThen) {
  program_shape shape = everything();
  shape.large = {std::nullopt, 64, 256};
  std::map<std::string, int> capacities;
  int bursts = 0;
  for (std::uint64_t index = 0; index < 5000; ++index) {
    program one = generate(shape, 3, index);
    const program small = generate(everything(), 3, index);
    if (!one.has_bursts()) {
      ASSERT_EQ(to_string(one), to_string(small));
      continue;
    }
    ++bursts;
    ++capacities[to_string(one.capacity)];
    ASSERT_NE(one.end, ending::leave) << "somebody has to receive it all: " << to_string(one);
    std::set<std::uint64_t> values;
    std::size_t sends = 0;
    for (auto& script : one.scripts) {
      for (request& asked : script) {
        for (std::uint32_t i = 0; is_send(asked.kind) && i < asked.burst; ++i, ++sends) {
          values.insert(asked.value + i * program::burst_step);
        }
        asked.burst = 1;
      }
    }
    ASSERT_EQ(values.size(), sends) << to_string(small);
    ASSERT_LT(*values.rbegin(), ledger::most_values);
    ASSERT_GT(sends, one.capacity.value_or(64)) << to_string(one);
    ASSERT_LT(sends, 500U) << to_string(one);
    one.capacity = small.capacity;
    ASSERT_EQ(to_string(one), to_string(small));
  }
  EXPECT_GT(bursts, 20);
  EXPECT_LT(bursts, 80);
  EXPECT_EQ(capacities.size(), 3U);
  shape.bursts_of_one_sender = true;
  for (std::uint64_t index = 0; index < 5000; ++index) {
    const program one = generate(shape, 3, index);
    ASSERT_TRUE(!one.has_bursts() || one.senders == 1) << to_string(one);
  }
}

TEST(Program, OneOfItsValuesHoldsASenderWithAReentrantPayload) {
  program_shape shape = everything();
  shape.payloads = {payload::reentrant};
  const program one = generate(shape, 1, 0);
  ASSERT_TRUE(one.held());
  EXPECT_EQ(one.held()->value, 1U);
  EXPECT_EQ(one.held()->sender, 1U);
  EXPECT_TRUE(to_string(one).starts_with(
      "capacity 2, 1 sender, payload reentrant: 1 holds sender 1, which its destructor drops\n"))
      << to_string(one);
}

TEST(Program, IsPrintedWithoutGaps) {
  program shrunk;
  shrunk.after.push_back({.kind = kind::drop_receiver});
  EXPECT_TRUE(to_string(shrunk).ends_with("  receiver: drop_receiver\n")) << to_string(shrunk);
}

TEST(Program, UsesOnlyWhatTheChannelHas) {
  const program_shape shape = without_disconnection(with({kind::try_send, kind::send, kind::try_recv}));
  for (std::uint64_t index = 0; index < 500; ++index) {
    const program one = generate(shape, 3, index);
    EXPECT_NE(one.end, ending::until_disconnected);
    for (const request& asked : all_requests(one)) {
      EXPECT_TRUE(shape.operations.has(asked.kind)) << to_string(one);
    }
  }
}

TEST(Program, UsesEverythingTheChannelHas) {
  std::map<kind, int> used;
  std::set<std::uint32_t> senders;
  std::set<std::string> capacities;
  std::set<ending> endings;
  for (std::uint64_t index = 0; index < 500; ++index) {
    const program one = generate(everything(), 3, index);
    senders.insert(one.senders);
    capacities.insert(to_string(one.capacity));
    endings.insert(one.end);
    for (const request& asked : all_requests(one)) {
      ++used[asked.kind];
    }
  }
  EXPECT_EQ(used.size(), 9U);
  for (const auto& [what, count] : used) {
    EXPECT_GT(count, 50) << to_string(what);
  }
  EXPECT_EQ(senders, (std::set<std::uint32_t>{1, 2, 3, 4}));
  EXPECT_EQ(capacities.size(), 5U);
  EXPECT_EQ(endings.size(), 3U);
}

TEST(Program, IsSmallEnoughToBeJudgedExactly) {
  for (std::uint64_t index = 0; index < 2000; ++index) {
    const program one = generate(everything(), 11, index);
    std::size_t operations = one.receiving.size() + one.after.size();
    std::size_t sends = 0;
    for (const auto& script : one.scripts) {
      operations += script.size();
      sends += static_cast<std::size_t>(
          std::count_if(script.begin(), script.end(), [](const request& asked) { return is_send(asked.kind); }));
    }
    EXPECT_LE(sends, 6U) << to_string(one);
    EXPECT_LE(operations, 20U) << to_string(one);
  }
}

// Every handle is used by one thread, made before it is used, and not used after its drop; and each value is sent once.
TEST(Program, UsesItsHandlesAsItMay) {
  for (std::uint64_t index = 0; index < 2000; ++index) {
    const program one = generate(everything(), 5, index);
    std::set<std::uint64_t> values;
    std::set<std::uint32_t> owned_by_others;
    for (std::uint32_t thread = 0; thread < one.senders; ++thread) {
      std::set<std::uint32_t> alive = {thread};
      std::set<std::uint32_t> ever = {thread};
      for (const request& asked : one.scripts[thread]) {
        ASSERT_TRUE(alive.contains(asked.sender)) << to_string(one);
        if (asked.kind == kind::clone) {
          ASSERT_LT(asked.value, max_senders);
          ASSERT_TRUE(ever.insert(static_cast<std::uint32_t>(asked.value)).second);
          alive.insert(static_cast<std::uint32_t>(asked.value));
        } else if (asked.kind == kind::drop_sender) {
          alive.erase(asked.sender);
        } else {
          ASSERT_TRUE(values.insert(asked.value).second);
        }
      }
      for (const std::uint32_t handle : ever) {
        ASSERT_TRUE(owned_by_others.insert(handle).second) << to_string(one);
      }
      if (one.end == ending::until_disconnected) {
        ASSERT_TRUE(alive.empty()) << to_string(one);
      }
    }
  }
}

// Where no sender hears of it, the receiver stays; it hears of the senders' end, so it may wait for that.
TEST(Program, KeepsTheReceiverWhereSendersDoNotHearOfItsEnd) {
  program_shape shape = everything();
  shape.disconnect = disconnection::receiver;
  std::size_t waits = 0;
  for (std::uint64_t index = 0; index < 1000; ++index) {
    const program one = generate(shape, 3, index);
    waits += one.end == ending::until_disconnected ? 1U : 0U;
    for (const request& asked : all_requests(one)) {
      ASSERT_NE(asked.kind, kind::drop_receiver) << to_string(one);
    }
  }
  EXPECT_GT(waits, 500U);
}

// Without disconnection nothing wakes a receive but a value: so each one that waits must be sure to get one.
TEST(Program, DoesNotWaitForAValueThatMayNotCome) {
  int waits = 0;
  for (const operation_set& operations :
       {with({kind::send, kind::recv}), with({kind::send, kind::try_send, kind::recv}),
        with({kind::send, kind::try_send, kind::recv, kind::try_recv}), with({kind::try_send, kind::recv}),
        with({kind::try_send, kind::recv, kind::try_recv})}) {
    for (std::uint64_t index = 0; index < 1000; ++index) {
      const program one = generate(without_disconnection(operations), 9, index);
      std::size_t sure = 0;
      for (const auto& script : one.scripts) {
        sure += static_cast<std::size_t>(
            std::count_if(script.begin(), script.end(), [](const request& asked) { return asked.kind == kind::send; }));
      }
      std::size_t received_before = 0;
      for (const request& asked : one.receiving) {
        ASSERT_TRUE(asked.kind != kind::recv || received_before < sure) << to_string(one);
        ++received_before;
      }
      ASSERT_TRUE(one.end == ending::leave || one.end == ending::until_all_received || one.drain != kind::recv)
          << to_string(one);
      waits += one.end == ending::until_all_received ? 1 : 0;
    }
  }
  EXPECT_GT(waits, 1000) << "where only a try_send may bring a value, nobody waits for one";
}

TEST(Program, HasAsManySendersAsAsked) {
  program_shape shape = everything();
  shape.senders = max_senders;
  for (std::uint64_t index = 0; index < 100; ++index) {
    EXPECT_EQ(generate(shape, 1, index).scripts.size(), max_senders);
  }
}

}  // namespace

// The stream at every event (lateness.hpp): it reports no breach before the history is illegal, and how much later it
// does is known. Its memory is bounded, and it refuses events that cannot be.

#include "plumbline/oracle/stream.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <stdexcept>

#include "lateness.hpp"
#include "plumbline/oracle/checker.hpp"
#include "simulation.hpp"

namespace plumbline::oracle::test {
namespace {

TEST(Stream, IsNeverEarlyAndAsLateAsIsKnown) {
  const auto measured = measure_lateness();
  ASSERT_TRUE(measured) << measured.error();
  std::cout << to_text(*measured);
  EXPECT_EQ(to_text(*measured), recorded_lateness());
}

// As long as the receiver keeps up, the stream needs no more memory than a moment of the channel.
TEST(Stream, SaysTheSameOfALongRunAsTheChecker) {
  std::mt19937_64 random(3);
  for (const oracle::capacity capacity : {oracle::capacity(0), oracle::capacity(1), oracle::capacity(7)}) {
    history h = simulate(random, {.capacity = capacity, .operations = 30'000, .threads = 6, .drops = false});
    for (int changes = 0; changes < 6; ++changes) {
      stream watched(h.promised, h.capacity, h.senders);
      replay(h, watched);
      const verdict said = watched.finish(false);
      EXPECT_EQ(said.what, check(h).what) << said.because;
      do {
        mutate(random, h);
      } while (!malformed(h).empty());
    }
  }
}

operation opened(operation_kind kind, std::uint32_t thread, std::uint64_t begin, std::uint64_t value = 0) {
  return {.thread = thread, .kind = kind, .value = value, .begin = begin};
}

operation closed(operation o, outcome result, std::uint64_t end) {
  o.result = result;
  o.end = end;
  return o;
}

TEST(Stream, RefusesEventsThatCannotBe) {
  const operation sent = opened(operation_kind::send, 1, 5, 7);
  {
    stream s({}, {}, 1);
    s.begin(sent);
    EXPECT_THROW(s.begin(opened(operation_kind::send, 2, 4, 8)), std::invalid_argument) << "time goes backwards";
  }
  {
    stream s({}, {}, 1);
    s.begin(sent);
    EXPECT_THROW(s.begin(opened(operation_kind::send, 2, 6, 7)), std::invalid_argument) << "the value again";
  }
  {
    stream s({}, {}, 1);
    EXPECT_THROW(s.end(closed(sent, outcome::ok, 9)), std::invalid_argument) << "an end without a begin";
  }
  {
    stream s({}, {}, 1);
    s.begin(sent);
    s.begin(opened(operation_kind::send, 1, 6, 8));
    EXPECT_THROW(s.end(closed(sent, outcome::ok, 9)), std::invalid_argument) << "two at once in a thread";
  }
  {
    stream s({}, {}, 1);
    const operation r = opened(operation_kind::recv, 1, 5);
    s.begin(r);
    s.begin(opened(operation_kind::recv, 2, 6));
    EXPECT_THROW(s.end(closed(r, outcome::disconnected, 9)), std::invalid_argument) << "two at once on the receiver";
  }
  {
    stream s({}, {}, 1);
    s.begin(opened(operation_kind::drop_receiver, 1, 5));
    EXPECT_THROW(s.begin(opened(operation_kind::recv, 2, 6)), std::invalid_argument) << "the receiver after its drop";
  }
  {
    stream s({}, {}, 1);
    s.begin(opened(operation_kind::drop_sender, 1, 5));
    EXPECT_THROW(s.begin(opened(operation_kind::drop_sender, 2, 6)), std::invalid_argument) << "one drop too many";
  }
  {
    stream s({}, {}, 1);
    s.begin(sent);
    EXPECT_THROW(s.end(closed(sent, outcome::full, 9)), std::invalid_argument) << "a send does not report full";
  }
}

}  // namespace
}  // namespace plumbline::oracle::test

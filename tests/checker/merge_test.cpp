// The threads' logs, told piece by piece and in any order of threads, reach the stream in the order of time. (The
// stream itself refuses a begin or an end that comes too late, so an event that is told too early does not go
// unnoticed.)

#include "plumbline/oracle/merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/stream.hpp"
#include "simulation.hpp"

namespace plumbline::oracle::test {
namespace {

// The events of one thread, in its own order: its operations one after another.
struct log {
  std::vector<operation> operations;
  std::size_t told = 0;  // events; two for each operation

  bool has_more() const { return told < 2 * operations.size(); }
  void tell_next(merge& to) {
    const operation& o = operations[told / 2];
    if (told % 2 == 0) {
      operation begun = o;
      begun.end = operation::never;
      begun.result = outcome::pending;
      to.begin(begun);
    } else if (o.result != outcome::pending) {
      to.end(o);
    }
    ++told;
  }
};

std::vector<log> split(const history& h) {
  std::vector<log> logs;
  for (const operation& o : h.operations) {
    logs.resize(std::max<std::size_t>(logs.size(), o.thread + std::size_t{1}));
    logs[o.thread].operations.push_back(o);
  }
  return logs;
}

// Tells all events, some of one thread and then some of another; `advance` now and then.
verdict merged(std::mt19937_64& random, const history& h, stream& watched) {
  std::vector<log> logs = split(h);
  merge together(watched, logs.size());
  while (std::ranges::any_of(logs, &log::has_more)) {
    const auto thread = static_cast<std::uint32_t>(random() % logs.size());
    log& mine = logs[thread];
    for (std::uint64_t some = random() % 40; some > 0 && mine.has_more(); --some) {
      mine.tell_next(together);
    }
    if (!mine.has_more()) {
      together.quiet_until(thread, operation::never);
    }
    if (random() % 4 == 0) {
      together.advance();
    }
  }
  together.finish();
  return watched.finish(false);
}

TEST(Merge, OfTheThreadsLogsIsWhatHappened) {
  std::mt19937_64 random(11);
  std::size_t violating = 0;
  for (const oracle::capacity capacity :
       {oracle::capacity(), oracle::capacity(0), oracle::capacity(1), oracle::capacity(7)}) {
    for (const std::uint32_t threads : {1U, 2U, 5U, 8U}) {
      history h = simulate(random, {.capacity = capacity, .operations = 2'000, .threads = threads, .drops = true});
      for (int changes = 0; changes < 8; ++changes) {
        stream in_order(h.promised, h.capacity, h.senders);
        replay(h, in_order);
        const verdict expected = in_order.finish(false);
        stream watched(h.promised, h.capacity, h.senders);
        const verdict said = merged(random, h, watched);
        EXPECT_EQ(said.what, expected.what);
        EXPECT_EQ(said.broken, expected.broken);
        EXPECT_EQ(said.because, expected.because);
        violating += said.what == judgement::violates ? 1 : 0;
        history changed;
        do {
          changed = h;
          mutate(random, changed);
        } while (!malformed(changed).empty());
        h = std::move(changed);
      }
    }
  }
  EXPECT_GT(violating, 20U) << "hardly a history was wrong";
}

operation send_of(std::uint32_t thread, std::uint64_t value, std::uint64_t begin) {
  return {.thread = thread, .kind = operation_kind::send, .value = value, .begin = begin};
}

// What was told too early, because a thread was said to be quiet and was not, is an error and not another history.
TEST(Merge, AThreadThatSpokeAfterAllIsNoticed) {
  stream watched({}, {}, 1);
  merge together(watched, 2);
  together.begin(send_of(0, 1, 50));
  together.quiet_until(1, 100);
  together.quiet_until(0, 100);
  together.advance();
  together.begin(send_of(1, 2, 40));
  EXPECT_THROW(together.finish(), std::invalid_argument);
}

TEST(Merge, RefusesAStampThatItCannotCompare) {
  stream watched({}, {}, 1);
  merge together(watched, 1);
  EXPECT_THROW(together.begin(send_of(0, 1, operation::never / 2)), std::invalid_argument);
  together.begin(send_of(0, 1, operation::never / 2 - 1));
  together.finish();
}

// It waits for a thread that may still have something earlier to say.
TEST(Merge, TellsNothingThatSomethingMayPrecede) {
  stream watched({}, {}, 1);
  merge together(watched, 2);
  together.begin(send_of(0, 1, 50));
  together.advance();  // thread 1 has said nothing yet
  together.begin(send_of(1, 2, 40));
  EXPECT_NO_THROW(together.finish());
}

}  // namespace
}  // namespace plumbline::oracle::test

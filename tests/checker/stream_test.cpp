// The stream at every event: it reports no breach before the history is illegal, and how much later it does is known.
// Its memory is bounded, and it refuses events that cannot be.

#include "plumbline/oracle/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "cross_check.hpp"
#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "simulation.hpp"

namespace plumbline::oracle::test {
namespace {

struct moment {
  std::uint64_t stamp;
  bool is_end;
  std::size_t operation;

  auto operator<=>(const moment&) const = default;
};

std::vector<moment> ordered_events(const history& h) {
  std::vector<moment> events;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    events.push_back({h.operations[i].begin, false, i});
    if (h.operations[i].result != outcome::pending) {
      events.push_back({h.operations[i].end, true, i});
    }
  }
  std::ranges::sort(events);
  return events;
}

// The history as it was known after the first `count` events.
history prefix(const history& h, const std::vector<moment>& events, std::size_t count) {
  history known = h;
  known.quiescent = false;
  known.operations.clear();
  for (std::size_t e = 0; e < count; ++e) {
    if (!events[e].is_end) {
      operation o = h.operations[events[e].operation];
      o.end = operation::never;
      o.result = outcome::pending;
      o.value = is_recv(o.kind) ? 0 : o.value;
      known.operations.push_back(o);
    } else {
      known.operations[events[e].operation] = h.operations[events[e].operation];
    }
  }
  return known;
}

TEST(Stream, IsNeverEarlyAndSeldomLate) {
  std::mt19937_64 random(7);
  std::size_t violating = 0;
  std::size_t at_once = 0;
  std::size_t at_the_end = 0;
  std::size_t events_late = 0;
  for (std::size_t cases = 0; violating < 4000; ++cases) {
    history h = random_case(random, 9);
    h.quiescent = false;
    if (linearize(h) != judgement::violates) {
      continue;
    }
    const std::vector<moment> events = ordered_events(h);
    stream watched(h.promised, h.capacity, h.senders);
    std::size_t illegal_since = 0;
    std::size_t reported = 0;
    for (std::size_t e = 0; e < events.size() && reported == 0; ++e) {
      const operation& o = h.operations[events[e].operation];
      events[e].is_end ? watched.end(o) : watched.begin(o);
      if (illegal_since == 0 && linearize(prefix(h, events, e + 1)) == judgement::violates) {
        illegal_since = e + 1;
      }
      if (watched.violated()) {
        reported = e + 1;
        ASSERT_NE(illegal_since, 0U) << "reported at event " << e << " of case " << cases << "\n" << to_text(h);
        EXPECT_FALSE(watched.witness().empty());
      }
    }
    if (reported == 0 && watched.finish(false).what != judgement::violates) {
      continue;  // a breach that is not decided
    }
    ++violating;
    at_once += reported == illegal_since ? 1 : 0;
    at_the_end += reported == 0 ? 1 : 0;
    events_late += reported == 0 ? 0 : reported - illegal_since;
  }
  std::cout << violating << " violating histories: " << at_once << " reported at the event that made them illegal, "
            << at_the_end << " only when asked at the end, the rest " << events_late << " events late in all\n";
  EXPECT_GE(at_once * 100, violating * 90);
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

// The chain of "because", and the life of a value. A chain is an argument, so what has to hold is that there is none
// against a history that keeps its contract; and that the argument goes through where several steps are needed.

#include "plumbline/oracle/chain.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <utility>

#include "build_history.hpp"
#include "for_random_histories.hpp"
#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/life.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/search.hpp"

namespace plumbline::oracle::test {
namespace {

TEST(Chain, ThereIsNoneAgainstAHistoryThatConforms) {
  std::size_t conform = 0;
  for_random_histories(12'000, [&](history h) {
    const std::uint64_t drawn = h.operations.back().begin + 7 * h.operations.size();
    h.promised.order = static_cast<order>(drawn % 3);
    h.promised.empty = static_cast<emptiness>(drawn / 3 % 3);
    if (drawn % 2 == 0) {  // by a clock that ticks seldom: many stamps are equal
      for (operation& o : h.operations) {
        o.begin /= 3;
        o.end = o.end == operation::never ? o.end : o.end / 3;
      }
    }
    if (malformed(h).empty() && linearize(h) == judgement::conforms) {
      ++conform;
      for (const rule r : all_rules()) {
        EXPECT_EQ(chain_of(h, r), "") << to_string(r);
      }
    }
  });
  EXPECT_TRUE(number_from("PLUMBLINE_CASES", 12'000) < 100 || conform > 1000);
}

// But where one operation contradicts what the channel declares: there one sentence says it all.
TEST(Chain, ThereIsOneForNearlyEveryBreach) {
  std::map<rule, std::pair<std::size_t, std::size_t>> seen;  // by rule: breaches, and those without a chain
  for_random_histories(20'000, [&](history h) {
    h.promised.order = static_cast<order>(h.operations.back().begin % 3);
    h.promised.empty = static_cast<emptiness>(h.operations.back().begin / 3 % 3);
    const verdict v = decide(h);
    if (v.what == judgement::violates && !v.because.contains("declares that it never does") &&
        !v.because.contains("the channel is unbounded")) {
      auto& [breaches, lacking] = seen[*v.broken];
      ++breaches;
      lacking += chain_of(sub_history(h, v.witness), *v.broken).empty() ? 1U : 0U;
    }
  });
  for (const auto& [broken, count] : seen) {
    const auto& [breaches, lacking] = count;
    std::cout << to_string(broken) << ": " << breaches << " breaches, " << lacking << " without a chain\n";
    EXPECT_LE(lacking * 20, breaches) << to_string(broken);
  }
  EXPECT_TRUE(number_from("PLUMBLINE_CASES", 20'000) < 10'000 || seen.size() >= 12) << seen.size();
}

TEST(Chain, LeadsOverValuesToWhatHadEnded) {
  EXPECT_EQ(chain_of(history_of({.senders = 3}, {send(1, 1, 2, 0), send(2, 3, 20, 1), send(3, 6, 21, 2),
                                                 recv(3, 22, 23), recv(2, 24, 25), recv(1, 26, 27)}),
                     rule::fifo),
            "    1. send(3) took effect after 6, when it began\n"
            "    2. send(1) took effect after send(3), because 1 was received after 3\n"
            "    3. but send(1) had ended at 2\n");
}

TEST(Chain, APlaceIsTakenUntilItsReceiveBegins) {
  EXPECT_EQ(chain_of(history_of({.capacity = 1, .senders = 2},
                                {send(1, 1, 2, 0), send(2, 3, 4, 1), recv(1, 6, 7), recv(2, 30, 31)}),
                     rule::capacity),
            "    1. send(2) took effect after 6, when the receive of 1 began: until then there was no place for it\n"
            "    2. but send(2) had ended at 4\n");
}

TEST(Chain, AnEmptyBindsWhatIsReceivedLaterAndWhatNeverIs) {
  EXPECT_EQ(
      chain_of(history_of({.senders = 2},
                          {try_recv(outcome::empty, 5, 6), send(1, 3, 9, 0), send(2, 1, 4, 1), recv(1, 10, 11)}),
               rule::empty_honest),
      "    1. send(2) took effect after 5, when try_recv→empty began: nothing was inside at an instant of it, and "
      "2 was never received\n"
      "    2. but send(2) had ended at 4\n");
  EXPECT_EQ(chain_of(history_of({.promised = {.empty = emptiness::weak}, .senders = 2},
                                {try_recv(outcome::empty, 5, 6), send(2, 1, 7, 1)}),
                     rule::empty_honest),
            "");
}

TEST(Chain, AHeadThatIsNotThereYetExcusesAnEmpty) {
  const made_with head_of_line{.promised = {.empty = emptiness::head_of_line}, .senders = 2};
  EXPECT_EQ(chain_of(history_of(head_of_line, {send(1, 1, 9, 0), send(2, 3, 4, 1), try_recv(outcome::empty, 5, 6),
                                               recv(1, 10, 11), recv(2, 12, 13)}),
                     rule::empty_honest),
            "");
  EXPECT_NE(chain_of(history_of(head_of_line, {send(1, 1, 9, 0), send(2, 3, 4, 1), try_recv(outcome::empty, 5, 6),
                                               recv(2, 10, 11), recv(1, 12, 13)}),
                     rule::empty_honest),
            "");
}

TEST(Chain, EqualTimesOverlap) {
  EXPECT_EQ(chain_of(history_of({.senders = 2}, {send(1, 1, 4, 0), send(2, 4, 5, 1), recv(2, 6, 7), recv(1, 8, 9)}),
                     rule::fifo),
            "");
  // The receiver's own operations follow one another even so.
  EXPECT_EQ(
      chain_of(history_of({}, {send(1, 1, 4), recv(1, 5, 5), try_recv(outcome::empty, 5, 6)}), rule::empty_honest), "");
  EXPECT_EQ(chain_of(history_of({.promised = {.empty = emptiness::weak}, .senders = 2},
                                {send(1, 1, 4, 0), try_recv(outcome::empty, 5, 6), send(2, 6, 9, 1), recv(1, 10, 11)}),
                     rule::empty_honest),
            "");
}

TEST(Life, TellsWhoWhenAndWhatTheReceiverDidMeanwhile) {
  const history h = history_of({.senders = 2}, {send(1, 1, 2, 0), send(2, 3, 4, 1), recv(2, 5, 6),
                                                try_recv(outcome::empty, 7, 8), recv(1, 9, 10)});
  EXPECT_EQ(life_of(h, 1),
            "the value 1: it was sent and received\n"
            "         1 – 2         sender 0, thread 0: send(1)→ok\n"
            "         5 – 6         receiver, thread 1000: recv→2\n"
            "         7 – 8         receiver, thread 1000: try_recv→empty\n"
            "         9 – 10        receiver, thread 1000: recv→1\n");
  EXPECT_EQ(life_of(h, 3), "the value 3: nobody sent or received it\n");
}

TEST(Life, ShowsAReceiveThatDoesNotReturn) {
  const std::string life =
      life_of(history_of({.quiescent = true}, {recv(outcome::pending, 1, open), send(1, 2, 3)}), 1);
  EXPECT_NE(life.find("         1 – …         receiver, thread 1000: recv…\n"), std::string::npos) << life;
}

TEST(Life, SaysWhatBecameOfTheValue) {
  const history h = history_of({.capacity = 1}, {send(1, 1, 2), try_send(2, outcome::full, 3, 4), send(3, 5, open),
                                                 recv(7, 6, 7), recv(7, 8, 9)});
  EXPECT_EQ(life_of(h, 1).substr(0, 45), "the value 1: it was sent, and never received\n");
  EXPECT_EQ(life_of(h, 2),
            "the value 2: it was given back to its sender\n"
            "         3 – 4         sender 0, thread 0: try_send(2)→full\n");
  EXPECT_EQ(life_of(h, 3),
            "the value 3: its send did not end, and it was not received\n"
            "         5 – …         sender 0, thread 0: send(3)…\n");
  EXPECT_EQ(life_of(h, 7),
            "the value 7: it was received, and nobody sent it\n"
            "         6 – 7         receiver, thread 1000: recv→7\n"
            "         8 – 9         receiver, thread 1000: recv→7\n");
}

}  // namespace
}  // namespace plumbline::oracle::test

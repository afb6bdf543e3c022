// What the brute-force checker says beside yes and no: the rule, the smallest witness, what is kept after all. Held by
// properties on random histories; the reports themselves are in files_test.cpp.

#include "plumbline/oracle/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "build_history.hpp"
#include "for_random_histories.hpp"
#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/explain.hpp"

namespace plumbline::oracle::test {
namespace {

TEST(Search, TheWitnessBreaksTheSameRuleByItselfAndIsSmallest) {
  std::size_t seen = 0;
  for_random_histories(2000, [&](const history& h) {
    const verdict v = search(h);
    if (v.what != judgement::violates) {
      return;
    }
    ++seen;
    const history witness = sub_history(h, v.witness);
    ASSERT_EQ(malformed(witness), "");
    const verdict again = search(witness);
    ASSERT_EQ(again.what, judgement::violates);
    EXPECT_EQ(to_string(*again.broken), to_string(*v.broken));
    EXPECT_EQ(again.because, v.because);
    EXPECT_EQ(again.witness.size(), v.witness.size()) << "it could have been smaller";
    EXPECT_FALSE(v.because.empty());
    EXPECT_TRUE(std::ranges::is_sorted(v.witness));
  });
  EXPECT_TRUE(number_from("PLUMBLINE_CASES", 2000) < 100 || seen > 300);
}

TEST(Search, WhatIsLeftOfALegalHistoryIsLegal) {
  std::size_t left_out = 0;
  for_random_histories(6000, [&](history h) {
    h.promised.empty = static_cast<emptiness>(h.operations.back().begin % 3);
    if (linearize(h) != judgement::conforms) {
      return;
    }
    for (std::size_t i = 0; i < h.operations.size(); ++i) {
      if (const auto rest = leave_out(h, i)) {
        ++left_out;
        EXPECT_EQ(linearize(sub_history(h, *rest)), judgement::conforms) << "without operation " << i;
      }
    }
  });
  EXPECT_TRUE(number_from("PLUMBLINE_CASES", 6000) < 100 || left_out > 5000);
}

TEST(Search, ABeginningOfALegalHistoryIsLegal) {
  for_random_histories(3000, [&](const history& h) {
    if (linearize(h) != judgement::conforms) {
      return;
    }
    for (const operation& last : h.operations) {
      history beginning = h;
      beginning.quiescent = false;
      std::erase_if(beginning.operations, [&](const operation& o) { return o.begin > last.begin; });
      for (operation& o : beginning.operations) {
        if (o.end > last.begin) {
          o.end = operation::never;
          o.result = outcome::pending;
        }
      }
      EXPECT_EQ(linearize(beginning), judgement::conforms);
    }
  });
}

TEST(Search, AWeakerContractAllowsNoLess) {
  for_random_histories(3000, [&](const history& h) {
    if (linearize(h) != judgement::conforms) {
      return;
    }
    for (const order o : {order::per_sender, order::unordered}) {
      for (const emptiness e : {emptiness::honest, emptiness::head_of_line, emptiness::weak}) {
        for (const fullness f : {fullness::honest, fullness::spurious}) {
          history weaker = h;
          weaker.promised.order = std::max(weaker.promised.order, o);
          weaker.promised.empty = std::max(weaker.promised.empty, e);
          weaker.promised.full = std::max(weaker.promised.full, f);
          if (h.promised.empty == emptiness::head_of_line && weaker.promised.empty == emptiness::head_of_line &&
              weaker.promised.order != h.promised.order) {
            continue;  // there it speaks of other heads: see linearize.hpp
          }
          EXPECT_EQ(linearize(weaker), judgement::conforms) << to_string(weaker.promised);
        }
      }
    }
  });
}

TEST(Search, TheStrongestContractIsKeptAndNothingBetweenIs) {
  for_random_histories(1000, [&](const history& h) {
    const auto kept = strongest(h, h.promised);
    if (!kept) {
      EXPECT_EQ(linearize(h), judgement::violates);
      return;
    }
    history held = h;
    held.promised = *kept;
    EXPECT_EQ(linearize(held), judgement::conforms);
    if (*kept == h.promised) {
      return;
    }
    const auto stronger = [&](auto contract::* dimension) {
      if (held.promised.*dimension != h.promised.*dimension) {
        history one_step = held;
        auto& word = one_step.promised.*dimension;
        word = static_cast<std::remove_reference_t<decltype(word)>>(static_cast<int>(word) - 1);
        EXPECT_EQ(linearize(one_step), judgement::violates) << to_string(one_step.promised);
      }
    };
    stronger(&contract::order);
    stronger(&contract::empty);
    stronger(&contract::full);
    stronger(&contract::capacity);
    stronger(&contract::disconnect);
  });
}

TEST(Explain, ManyValuesMakeNoLongSentence) {
  std::vector<operation> sends;
  for (std::uint64_t value = 1; value <= 41; ++value) {
    sends.push_back(send(value, 2 * value, 2 * value + 1));
  }
  EXPECT_EQ(
      because(history_of({.capacity = 40}, sends), rule::capacity, extent::whole),
      "when send(41) ended, 1, 2, 3, 4, 5, 6, … and 41 (41 values) had been sent and no receive of them had begun, but "
      "40 values fit");
}

TEST(Search, SaysWhatAFastQueueKeepsAfterAll) {
  const history out_of_order =
      history_of({.senders = 2}, {send(1, 1, 2, 0), send(2, 3, 4, 1), recv(2, 5, 6), recv(1, 7, 8)});
  const verdict v = search(out_of_order);
  EXPECT_EQ(v.broken, rule::fifo);
  EXPECT_EQ(v.because, "2 was received before 1, but send(1) had ended before send(2) began");
  EXPECT_EQ(difference({}, *strongest(out_of_order, {})), "order=per-sender instead of linearizable");
}

TEST(Search, NamesTheFirstOfSeveralBrokenRules) {
  const history twice = history_of(
      {.senders = 2}, {try_recv(outcome::disconnected, 1, 2), send(1, 3, 4, 0), send(2, 5, 6, 1), recv(2, 7, 8)});
  EXPECT_EQ(search(twice).broken, rule::recv_disconnected);
  EXPECT_EQ(search(twice).witness, std::vector<std::size_t>{0});
}

TEST(Search, ChainsOfManyValuesShrinkToTheTwoThatCrossed) {
  std::vector<operation> operations;
  std::uint64_t now = 0;
  for (std::uint64_t value = 1; value <= 15; ++value) {
    operations.push_back(send(value, now + 1, now + 2, static_cast<std::uint32_t>(value % 3)));
    now += 2;
  }
  for (std::uint64_t value = 1; value <= 15; ++value) {
    const std::uint64_t got = value == 7 ? 8 : value == 8 ? 7 : value;
    operations.push_back(recv(got, now + 1, now + 2));
    now += 2;
  }
  const verdict v = search(history_of({.senders = 3}, operations));
  EXPECT_EQ(v.broken, rule::fifo);
  EXPECT_EQ(v.because, "8 was received before 7, but send(7) had ended before send(8) began");
  EXPECT_EQ(v.witness, (std::vector<std::size_t>{6, 7, 21, 22}));
}

TEST(Search, SaysWhatRanOut) {
  std::vector<operation> many;
  for (std::uint64_t value = 1; value <= 41; ++value) {
    many.push_back(send(value, 2 * value, 2 * value + 1));
  }
  const verdict too_long = search(history_of({}, many));
  EXPECT_EQ(too_long.what, judgement::unknown);
  EXPECT_EQ(too_long.because, "the history has 41 operations, and the exhaustive search takes at most 40");
  EXPECT_EQ(search(history_of({}, many), {.operations = 64, .states = 1000}).what, judgement::conforms);
  many.resize(20);
  const verdict too_hard = search(history_of({}, many), {.operations = 40, .states = 10});
  EXPECT_EQ(too_hard.what, judgement::unknown);
  EXPECT_EQ(too_hard.because, "the search gave up after 10 states");
}

}  // namespace
}  // namespace plumbline::oracle::test

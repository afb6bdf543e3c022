// The checker, the stream and their proofs against the brute force: on the hand-made histories of tricky.txt, on all
// small histories, and on random ones. PLUMBLINE_CHECKER_SEED replays; plumbline_cross_check does as many as one likes.

#include "cross_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "counts.hpp"
#include "enumeration_of_records.hpp"
#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "simulation.hpp"

namespace plumbline::oracle::test {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const set = std::getenv(name);
  return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

constexpr std::array<oracle::capacity, 5> capacities = {std::nullopt, 0, 1, 2, 3};

void say(const tally& counted) {
  std::cout << to_text(counted) << "\n";
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  plumbline::test::report_counts(std::string("Checker.") + test.name(), {{"histories", counted.histories}});
}

// ---- Hand-made histories

struct tricky_case {
  std::string name;
  history shown;
  bool is_legal = true;
};

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream rest(line);
  for (std::string part; std::getline(rest, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

operation parse_operation(const std::string& text, std::size_t& sends, std::uint32_t senders) {
  static const std::map<std::string, operation_kind> kinds = {
      {"S", operation_kind::send},   {"TS", operation_kind::try_send},    {"SF", operation_kind::send_for},
      {"R", operation_kind::recv},   {"TR", operation_kind::try_recv},    {"RF", operation_kind::recv_for},
      {"CL", operation_kind::clone}, {"DS", operation_kind::drop_sender}, {"DR", operation_kind::drop_receiver}};
  static const std::map<std::string, outcome> outcomes = {
      {"ok", outcome::ok},           {"full", outcome::full},
      {"timeout", outcome::timeout}, {"disc", outcome::disconnected},
      {"empty", outcome::empty},     {"pend", outcome::pending}};
  std::istringstream words(text);
  std::string kind;
  words >> kind;
  operation o{.kind = kinds.at(kind), .result = outcome::ok};
  std::string word;
  if (is_send(o.kind) || is_recv(o.kind) || o.kind == operation_kind::drop_sender) {
    words >> word;
    if (o.kind == operation_kind::drop_sender) {
      o.handle = static_cast<std::uint32_t>(std::stoul(word));
    } else if (outcomes.contains(word)) {
      o.result = outcomes.at(word);
    } else if (word != "-") {
      o.value = static_cast<unsigned char>(word.at(0));
    }
  }
  std::string end;
  words >> o.begin >> end;
  o.end = end == "-" ? operation::never : std::stoull(end);
  if (is_send(o.kind)) {
    o.handle = static_cast<std::uint32_t>(sends++ % senders);
  }
  if (words >> word) {
    o.result = outcomes.at(word);
  }
  return o;
}

std::vector<tricky_case> tricky_cases() {
  std::ifstream file(PLUMBLINE_TRICKY_HISTORIES);
  std::vector<tricky_case> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::vector<std::string> fields = split(line, '|');
    tricky_case c{.name = fields.at(0), .shown = {}, .is_legal = fields.at(3) == "accept"};
    if (const int capacity = std::stoi(fields.at(1)); capacity >= 0) {
      c.shown.capacity = static_cast<std::size_t>(capacity);
    }
    c.shown.senders = static_cast<std::uint32_t>(std::stoul(fields.at(2)));
    std::size_t sends = 0;
    for (const std::string& text : split(fields.at(4), ';')) {
      c.shown.operations.push_back(parse_operation(text, sends, c.shown.senders));
    }
    std::ranges::sort(c.shown.operations, {},
                      [](const operation& o) { return std::tuple(o.begin, o.end, o.thread, o.handle); });
    std::uint32_t thread = 0;
    for (operation& o : c.shown.operations) {
      o.thread = is_receiver_operation(o.kind) ? 1000 : thread++;
    }
    all.push_back(c);
  }
  return all;
}

TEST(Checker, DecidesTheTrickyHistories) {
  const std::vector<tricky_case> all = tricky_cases();
  EXPECT_EQ(all.size(), 32U);
  tally counted;
  for (const tricky_case& c : all) {
    SCOPED_TRACE(c.name + "\n" + to_text(c.shown));
    EXPECT_EQ(malformed(c.shown), "");
    EXPECT_EQ(check(c.shown).what, c.is_legal ? judgement::conforms : judgement::violates);
    EXPECT_EQ(disagreement(c.shown, counted), "");
  }
}

// ---- All small histories

// Checks each record with each capacity and, if something is pending, as quiescent, too.
class exhaustive {
 public:
  void look_at(history& h) {
    for (const oracle::capacity capacity : capacities) {
      h.capacity = capacity;
      for (const bool quiescent : {false, true}) {
        h.quiescent = quiescent;
        const bool pending =
            std::ranges::any_of(h.operations, [](const operation& o) { return o.result == outcome::pending; });
        if (!quiescent || pending) {
          look_at_one(h);
        }
      }
    }
  }

  void look_at_one(const history& h) {
    if (seen_++ % PLUMBLINE_ONE_IN == 0 && wrong.empty()) {
      // The proofs of one history in a few, for they take longer than all the rest.
      wrong = disagreement(h, counted, counted.histories % 5 == 0 ? depth::proof : depth::judgement);
      if (!wrong.empty()) {
        wrong += "\n" + to_text(h);
      }
    }
  }

  tally counted;
  std::string wrong;

 private:
  std::uint64_t seen_ = 0;
};

TEST(Checker, AgreesWithTheSearchOnEverySmallHistory) {
  exhaustive all;
  for_each_record({.operations = 3}, [&](history& h) { all.look_at(h); });
  say(all.counted);
  EXPECT_EQ(all.wrong, "");
  EXPECT_GE(all.counted.histories, 796'985U / PLUMBLINE_ONE_IN);
}

TEST(Checker, AgreesWithTheSearchOnSmallHistoriesOfEveryContract) {
  exhaustive all;
  std::size_t turn = 0;
  const auto with_some_contract = [&](history& h) {
    // Each record has its turn with another contract and capacity; all are had again and again.
    h.promised = {.order = static_cast<order>(turn % 3),
                  .empty = static_cast<emptiness>(turn / 3 % 3),
                  .full = static_cast<fullness>(turn / 9 % 2),
                  .capacity = static_cast<bound>(turn / 18 % 3),
                  .disconnect = static_cast<disconnection>(turn / 54 % 3)};
    h.capacity = capacities[turn / 162 % 4];
    h.quiescent = turn / 648 % 2 == 1;
    all.look_at_one(h);
  };
  for_each_record({.operations = 2, .senders = 2}, [&](history& h) {
    for (std::size_t combination = 0; combination < 1296; combination += 5) {
      ++turn;
      with_some_contract(h);
    }
  });
  for_each_record({.operations = 3, .senders = 2}, [&](history& h) {
    turn += 7;
    with_some_contract(h);
  });
  say(all.counted);
  EXPECT_EQ(all.wrong, "");
  EXPECT_GE(all.counted.histories, 1'200'000U / PLUMBLINE_ONE_IN);
}

// ---- Random ones

TEST(Checker, AgreesWithTheSearchOnRandomHistories) {
  const std::uint64_t seed = setting("PLUMBLINE_CHECKER_SEED", 1);
  constexpr std::uint64_t histories = 1'000'000 / PLUMBLINE_ONE_IN;
  std::mt19937_64 random(seed);
  tally counted;
  for (std::uint64_t i = 0; i < histories; ++i) {
    const history h = random_case(random, 9);
    const std::string wrong = disagreement(h, counted);
    ASSERT_EQ(wrong, "") << "history " << i << " of PLUMBLINE_CHECKER_SEED=" << seed << "\n" << to_text(h);
  }
  std::cout << "PLUMBLINE_CHECKER_SEED=" << seed << '\n';
  say(counted);
  // Every rule that a history can break was broken, and enough histories kept theirs.
  EXPECT_EQ(counted.violating.size(), 13U);
  for (const auto& [id, count] : counted.violating) {
    EXPECT_GE(count, histories / 2000) << id;
  }
  EXPECT_GE(counted.conforming, histories / 3);
  EXPECT_LE(counted.missed * 20, counted.incomplete);
}

TEST(Checker, AcceptsLongHistoriesOfAChannelThatKeepsItsContract) {
  std::mt19937_64 random(setting("PLUMBLINE_CHECKER_SEED", 1));
  for (const oracle::capacity capacity : capacities) {
    for (std::uint32_t threads = 1; threads <= 16; threads *= 4) {
      const history h = simulate(random, {.capacity = capacity,
                                          .operations = 20'000,
                                          .threads = threads,
                                          .drops = false,
                                          .receiver_share = threads + 1});
      EXPECT_GT(h.operations.size(), 5000U);
      const verdict said = check(h);
      EXPECT_EQ(said.what, judgement::conforms) << said.because;
    }
  }
}

}  // namespace
}  // namespace plumbline::oracle::test

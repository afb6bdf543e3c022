// Every file in histories/: what ends in -ok conforms, what ends in -bad violates the rule in the table below, and each
// has a twin, which differs in little and is judged otherwise. Held against the enumeration of all sequences where that
// is fast enough.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "enumeration.hpp"
#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/search.hpp"
#include "plumbline/oracle/verifier.hpp"

namespace plumbline::oracle::test {
namespace {

const std::map<std::string, std::string> broken_rules = {
    {"capacity-at-least", "FULL-HONEST"},
    {"capacity-unbounded", "FULL-HONEST"},
    {"disconnect-none", "RECV-DISCONNECTED"},
    {"disconnect-none-receiver", "SEND-DISCONNECTED"},
    {"disconnect-receiver", "RECV-DISCONNECTED"},
    {"disconnect-receiver-sends", "SEND-DISCONNECTED"},
    {"disconnected-then-empty", "RECV-DISCONNECTED"},
    {"disconnected-while-last-drop-open", "RECV-DISCONNECTED"},
    {"empty-after-all-gone", "RECV-DISCONNECTED"},
    {"empty-and-recv-at-equal-times", "EMPTY-HONEST"},
    {"empty-head-of-line", "EMPTY-HONEST"},
    {"empty-head-of-line-two", "EMPTY-HONEST"},
    {"empty-overlaps-send", "EMPTY-HONEST"},
    {"empty-weak", "EMPTY-HONEST"},
    {"empty-weak-timeout", "TIMEOUT-CLEAN"},
    {"equal-times-in-one-process", "SENDER-ORDER"},
    {"from-the-future", "INTEGRITY"},
    {"full-across-an-empty-at-equal-times", "FULL-HONEST"},
    {"full-during-drop-but-after-a-refusal", "SEND-DISCONNECTED"},
    {"full-needs-it-in-empty-needs-it-out", "FULL-HONEST"},
    {"full-spurious", "SEND-DISCONNECTED"},
    {"full-then-taken-then-full-in-one-recv", "FULL-HONEST"},
    {"full-while-the-recv-is-open", "FULL-HONEST"},
    {"lost-at-disconnect", "NO-LOSS"},
    {"lost-then-empty", "FIFO"},
    {"never-two-at-once", "FULL-HONEST"},
    {"no-receive-no-room", "CAPACITY"},
    {"non-adjacent-order", "SENDER-ORDER"},
    {"one-of-two-dropped", "RECV-DISCONNECTED"},
    {"open-sends-cannot-both-be-in", "FULL-HONEST"},
    {"order-per-sender", "SENDER-ORDER"},
    {"order-unordered", "EMPTY-HONEST"},
    {"over-capacity", "CAPACITY"},
    {"overlap-reverses-order", "SENDER-ORDER"},
    {"overlapping-one-never-received", "FIFO"},
    {"overlapping-refused-and-accepted", "SEND-DISCONNECTED"},
    {"pending-send-fills", "FULL-HONEST"},
    {"pending-send-then-empty-then-value", "INTEGRITY"},
    {"rdv-is-not-fifo-by-arrival", "RENDEZVOUS"},
    {"rdv-one-pending-recv-one-send", "RENDEZVOUS"},
    {"rdv-overlap", "RENDEZVOUS"},
    {"rdv-try-send-full-while-recv-open", "RENDEZVOUS"},
    {"refused-before-the-drop-began", "SEND-DISCONNECTED"},
    {"refused-value-received", "INTEGRITY"},
    {"rule-capacity", "CAPACITY"},
    {"rule-capacity-by-order", "CAPACITY"},
    {"rule-capacity-never-room", "CAPACITY"},
    {"rule-empty-honest", "EMPTY-HONEST"},
    {"rule-fifo", "FIFO"},
    {"rule-fifo-no-room", "FIFO"},
    {"rule-full-honest", "FULL-HONEST"},
    {"rule-integrity", "INTEGRITY"},
    {"rule-no-loss", "NO-LOSS"},
    {"rule-no-loss-late", "NO-LOSS"},
    {"rule-recv-disconnected", "RECV-DISCONNECTED"},
    {"rule-recv-disconnected-late", "RECV-DISCONNECTED"},
    {"rule-rendezvous", "RENDEZVOUS"},
    {"rule-rendezvous-tries", "RENDEZVOUS"},
    {"rule-send-disconnected", "SEND-DISCONNECTED"},
    {"rule-sender-order", "SENDER-ORDER"},
    {"rule-sender-order-beside-a-full", "SENDER-ORDER"},
    {"rule-sender-order-no-room", "SENDER-ORDER"},
    {"rule-timeout-clean", "TIMEOUT-CLEAN"},
    {"rule-wake-recv", "WAKE-RECV"},
    {"rule-wake-recv-disconnected", "WAKE-RECV"},
    {"rule-wake-rendezvous", "WAKE-RECV"},
    {"rule-wake-send", "WAKE-SEND"},
    {"rule-wake-send-disconnected", "WAKE-SEND"},
    {"rule-wake-taken", "WAKE-SEND"},
    {"rule-wake-try", "WAKE-RECV"},
    {"slot-must-be-kept-for-the-hurried", "FULL-HONEST"},
    {"stalled-head-hides-finished", "EMPTY-HONEST"},
    {"timed-send-never-full", "TIMEOUT-CLEAN"},
    {"two-empties-bracket-a-send", "EMPTY-HONEST"},
    {"unbounded-full", "FULL-HONEST"},
};

const std::filesystem::path histories = PLUMBLINE_SOURCE_DIR "/tests/oracle/histories";

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(histories)) {
    found.push_back(entry.path().stem());
  }
  std::ranges::sort(found);
  return found;
}

class HistoryFile : public testing::TestWithParam<std::string> {
 protected:
  bool ok() const { return GetParam().ends_with("-ok"); }
  std::string what() const { return GetParam().substr(0, GetParam().rfind('-')); }
};

TEST_P(HistoryFile, IsJudgedAsItsNameSays) {
  std::ifstream in(histories / (GetParam() + ".jsonl"));
  const auto h = read_jsonl(in);
  ASSERT_TRUE(h) << h.error().line << ": " << h.error().reason;
  const verdict v = decide(*h);
  if (ok()) {
    EXPECT_EQ(to_string(v.what), "conforms") << v.because;
    const auto order = order_of(*h);
    ASSERT_TRUE(order);
    EXPECT_TRUE(confirm_order(*h, *order));
  } else {
    ASSERT_EQ(to_string(v.what), "violates");
    ASSERT_TRUE(broken_rules.contains(what())) << "is not in the table; it violates " << to_string(*v.broken);
    EXPECT_EQ(to_string(*v.broken), broken_rules.at(what())) << v.because;
    EXPECT_EQ(decide(sub_history(*h, v.witness)).broken, v.broken);
    EXPECT_EQ(confirm_breach(*h, {*v.broken, v.witness}), judgement::violates);
  }
  if (h->operations.size() <= 7) {
    EXPECT_EQ(has_a_legal_order(*h), ok());
  }
}

TEST_P(HistoryFile, HasATwin) {
  EXPECT_TRUE(std::filesystem::exists(histories / (what() + (ok() ? "-bad.jsonl" : "-ok.jsonl"))));
}

INSTANTIATE_TEST_SUITE_P(Histories, HistoryFile, testing::ValuesIn(names()), [](const auto& one) {
  std::string name;
  for (const char c : one.param) {
    name += c == '-' ? '_' : c;
  }
  return name;
});

TEST(HistoryFiles, ShowEveryRuleThatAHistoryCanShow) {
  for (const rule r : all_rules()) {
    const bool shown = std::ranges::any_of(broken_rules, [&](const auto& one) { return one.second == to_string(r); });
    EXPECT_EQ(shown, r != rule::lifetime) << to_string(r);
  }
}

}  // namespace
}  // namespace plumbline::oracle::test

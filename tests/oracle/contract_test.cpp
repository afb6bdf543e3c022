// The words of the contract: each enumeration and its words are one to one, lists of amendments change what they say,
// and what is no word is refused with the words that are.

#include "plumbline/oracle/contract.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace plumbline::oracle::test {
namespace {

TEST(Contract, EachRuleHasAnIdAndASentence) {
  std::set<std::string_view> ids;
  std::set<std::string_view> sentences;
  for (const rule r : all_rules()) {
    EXPECT_EQ(from_string<rule>(to_string(r)), r);
    ids.insert(to_string(r));
    sentences.insert(sentence(r));
  }
  EXPECT_EQ(ids.size(), 14U);
  EXPECT_EQ(sentences.size(), 14U);
}

TEST(Contract, WordsNameTheDimensions) {
  EXPECT_EQ(to_string(contract{}), "order=linearizable empty=honest full=honest capacity=exact disconnect=both");
  const auto weakest = amended({}, "order=unordered,empty=weak,full=spurious,capacity=unbounded,disconnect=none");
  ASSERT_TRUE(weakest);
  EXPECT_EQ(*weakest, (contract{.order = order::unordered,
                                .empty = emptiness::weak,
                                .full = fullness::spurious,
                                .capacity = bound::unbounded,
                                .disconnect = disconnection::none}));
  EXPECT_EQ(amended(*weakest, "order=per-sender")->order, order::per_sender);
  EXPECT_EQ(amended(*weakest, "order=per-sender")->empty, emptiness::weak);
}

TEST(Contract, RefusesWhatIsNoWord) {
  EXPECT_EQ(amended({}, "order=sorted").error(),
            "the contract's order cannot be \"sorted\": it is one of linearizable, per-sender, unordered");
  EXPECT_EQ(amended({}, "size=exact").error(),
            "the contract has no \"size\": it has order, empty, full, capacity and disconnect");
  EXPECT_EQ(amended({}, "order=per-sender,weak").error(),
            "\"weak\" does not say what of the contract is how, as order=per-sender does");
}

}  // namespace
}  // namespace plumbline::oracle::test

// What counts as a situation: an operation with its outcome, beside one of another thread that overlapped it, or alone.

#include "plumbline/oracle/situations.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../oracle/build_history.hpp"

namespace {

using namespace plumbline::oracle;
using namespace plumbline::oracle::test;

TEST(Situations, AreWhatOverlapped) {
  situations seen;
  EXPECT_EQ(seen.count(), 0U);
  seen.see(history_of({}, {send(1, 1, 4), try_recv(outcome::empty, 2, 3), recv(1, 6, 7)}));
  EXPECT_EQ(seen.in_words(), (std::vector<std::string>{"send→ok beside try_recv→empty", "recv→ok alone",
                                                       "try_recv→empty beside send→ok"}));
  EXPECT_EQ(seen.count(), 3U);
  seen.see(history_of({}, {send(1, 1, 4), recv(1, 6, 7)}));
  EXPECT_EQ(seen.count(), 4U) << "the send alone";
}

TEST(Situations, EqualTimesOverlapAndPendingGoesOn) {
  situations seen;
  seen.see(history_of({}, {send(1, 1, 4), recv(outcome::pending, 4, test::open)}));
  EXPECT_EQ(seen.in_words(), (std::vector<std::string>{"send→ok beside recv→pending", "recv→pending beside send→ok"}));
}

}  // namespace

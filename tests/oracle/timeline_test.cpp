// The picture of a history: what it looks like, that it fits its width, and that nothing gets lost in it.

#include "plumbline/oracle/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "build_history.hpp"
#include "describe.hpp"
#include "plumbline/oracle/explain.hpp"
#include "random_history.hpp"

namespace plumbline::oracle::test {
namespace {

const history crossing = history_of(
    {.senders = 2}, {send(1, 10, 60), send(2, 20, 30, 1), try_recv(outcome::empty, 40, 50), recv(0, 70, open)});

TEST(Timeline, ShowsWhatOverlapsAndWhatDoesNot) {
  EXPECT_EQ("\n" + timeline(crossing), R"(
sender 0  ├───────────── send(1) ─────────────┤
sender 1     ├ send(2) ┤
receiver                  ├ try_recv→empty ┤     ├─ recv ╌╌
)");
}

TEST(Timeline, MarksOperations) {
  EXPECT_EQ("\n" + timeline(crossing, std::vector<std::size_t>{1, 2}), R"(
sender 0  ├───────────── send(1) ─────────────┤
sender 1     ┣ send(2) ┫
receiver                  ┣ try_recv→empty ┫     ├─ recv ╌╌
)");
}

TEST(Timeline, CanDoWithoutUnicode) {
  EXPECT_EQ("\n" + timeline(crossing, std::vector<std::size_t>{1, 2}, {.width = 80, .unicode = false}), R"(
sender 0  |------------- send(1) --------------|
sender 1     [ send(2) ]
receiver                  [ try_recv->empty ]     |- recv ..
)");
}

TEST(Timeline, OnlyTheOrderOfTimesCounts) {
  history stretched = crossing;
  for (operation& o : stretched.operations) {
    o.begin *= 1000;
    o.end = o.end == open ? open : o.end * 1000 - 1;
  }
  EXPECT_EQ(timeline(stretched), timeline(crossing));
}

TEST(Timeline, TellsSendersOfOneThreadAndThreadsOfOneSenderApart) {
  history h = history_of({.senders = 2}, {send(1, 1, 2, 0), send(2, 3, 4, 1), send(3, 3, 5, 1)});
  h.operations[1].thread = 0;
  EXPECT_EQ("\n" + timeline(h), R"(
            thread 0  ├ tx0.send(1) ┤  ├ tx1.send(2) ┤
sender 1, thread 101                   ├─── send(3) ────┤
)");
}

TEST(Timeline, OperationsThatTouchShareAColumn) {
  EXPECT_EQ("\n" + timeline(history_of({}, {recv(1, 1, 2), recv(2, 2, 3)})), R"(
receiver  ├ recv→1 ┼ recv→2 ┤
)");
}

TEST(Timeline, CutsWhatIsTooWideIntoParts) {
  const history h = history_of({.senders = 2}, {send(1, 1, 9, 0), send(2, 2, 3, 1), recv(2, 4, 5),
                                                try_recv(outcome::empty, 6, 7), recv(1, 8, open)});
  EXPECT_EQ("\n" + timeline(h, {}, {.width = 42}), R"(
sender 0  ├───── send(1) ╌╌╌╌╌╌╌
sender 1   ├ send(2) ┤
receiver              ├ recv→2 ┤

sender 0  ╌╌╌╌╌ send(1) ─────┤
receiver  ├ try_recv→empty ┤├─ recv ╌╌
)");
}

TEST(Timeline, ColorsOnlyWhatIsMarkedAndAlwaysStops) {
  const std::string picture = timeline(crossing, std::vector<std::size_t>{1}, {.color = true});
  EXPECT_NE(picture.find("\x1b[1;31m┣ send(2) ┫\x1b[0m"), std::string::npos);
  EXPECT_EQ(timeline(crossing, {}, {.color = true}), timeline(crossing));
}

std::size_t columns(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

TEST(Timeline, FitsItsWidthAndShowsEveryOperation) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    random_source random(seed);
    const history h = random_history(random, {.operations = 5 + seed % 20, .sender_threads = 4, .changes = 1});
    for (const std::size_t width : {60U, 80U, 200U}) {
      const std::string picture = timeline(h, {}, {.width = width});
      std::istringstream lines(picture);
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(columns(line), width) << "seed " << seed << "\n" << picture;
      }
      for (const operation& o : h.operations) {
        EXPECT_NE(picture.find(label(o, "→", "") + " "), std::string::npos) << label(o) << ", seed " << seed << "\n"
                                                                            << picture;
      }
    }
  }
}

TEST(Timeline, OfNothingIsNothing) { EXPECT_EQ(timeline(history_of({}, {})), ""); }

}  // namespace
}  // namespace plumbline::oracle::test

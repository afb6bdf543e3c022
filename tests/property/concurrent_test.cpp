// What a channel promises to threads that run at the same time. RapidCheck makes the programs (threads.hpp), real
// threads run them, and each property looks at what was seen; it never asks for more than the stamps can prove, so a
// failure is one. The counter that makes the stamps orders the threads, too, and a data race could hide behind it:
// tests/unit/publication_test.cpp does without.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ranges>
#include <set>
#include <vector>

#include "property.hpp"
#include "threads.hpp"

namespace plumbline::test {
namespace {

constexpr int cases = 400;

std::vector<seen> succeeded(const std::vector<seen>& all) {
  std::vector<seen> chosen;
  std::ranges::copy_if(all, std::back_inserter(chosen), [](const seen& one) { return one.result == ending::ok; });
  return chosen;
}

std::vector<int> sorted_ids(const std::vector<seen>& all) {
  std::vector<int> ids;
  std::ranges::transform(all, std::back_inserter(ids), &seen::id);
  std::ranges::sort(ids);
  return ids;
}

// How many of `stamps`, which are in ascending order, are less than `limit`.
std::size_t before(const std::vector<stamp>& stamps, stamp limit) {
  return static_cast<std::size_t>(std::ranges::lower_bound(stamps, limit) - stamps.begin());
}

std::vector<stamp> sorted(const std::vector<seen>& all, stamp seen::* which) {
  std::vector<stamp> stamps;
  std::ranges::transform(all, std::back_inserter(stamps), which);
  std::ranges::sort(stamps);
  return stamps;
}

TEST(Concurrent, EachSendersValuesArriveInItsOrder) {
  holds(cases, [](tally& did) {
    const auto all = observe(*program::staying(), did);
    std::vector<int> last(8, -1);
    for (const seen& one : succeeded(all.receives)) {
      int& before_it = last.at(static_cast<std::size_t>(sender_of(one)));
      RC_ASSERT(before_it < one.id);
      before_it = one.id;
    }
  });
}

// FIFO: if send(a) ended before send(b) began, a arrives before b, whoever sent them.
TEST(Concurrent, SendsThatDoNotOverlapArriveInTheirOrder) {
  holds(cases, [](tally& did) {
    const auto all = observe(*program::staying(), did);
    std::vector<seen> sent = succeeded(all.sends);
    std::ranges::sort(sent, {}, &seen::id);
    stamp earliest_end_of_later_ones = std::numeric_limits<stamp>::max();
    for (const seen& one : succeeded(all.receives) | std::views::reverse) {
      const auto its_send = std::ranges::lower_bound(sent, one.id, {}, &seen::id);
      RC_ASSERT(its_send != sent.end());
      RC_ASSERT(its_send->begin < earliest_end_of_later_ones);
      earliest_end_of_later_ones = std::min(earliest_end_of_later_ones, its_send->end);
    }
  });
}

TEST(Concurrent, WhatWasSentIsReceivedOnceAndBeforeDisconnected) {
  holds(cases, [](tally& did) {
    const auto all = observe(*program::staying(), did);
    RC_ASSERT(sorted_ids(succeeded(all.receives)) == sorted_ids(succeeded(all.sends)));
  });
}

TEST(Concurrent, DisconnectedIsSaidOnlyWhenTheLastSenderGoesAndFromThenOnAlways) {
  holds(cases, [](tally& did) {
    const auto all = observe(*program::staying(), did);
    const auto first = std::ranges::find(all.receives, ending::disconnected, &seen::result);
    RC_ASSERT(first != all.receives.end());
    RC_ASSERT(first->end > all.last_sender_began_to_go);
    RC_ASSERT(
        std::all_of(first, all.receives.end(), [](const seen& one) { return one.result == ending::disconnected; }));
    RC_ASSERT(std::ranges::none_of(all.sends, [](const seen& one) { return one.result == ending::disconnected; }));
  });
}

// The receiver goes in the middle. Every value is received, or went with it, or came back to its sender.
TEST(Concurrent, EveryRefusedValueComesBackToItsSender) {
  holds(cases, [](tally& did) {
    const auto all = observe(*program::leaving(), did);
    for (const seen& one : all.sends) {
      RC_ASSERT(one.came_back == (one.result != ending::ok));
      if (one.result == ending::disconnected) {
        RC_ASSERT(one.end > all.receiver_began_to_go);
      }
      if (one.begin > all.receiver_was_gone) {
        RC_ASSERT(one.result == ending::disconnected);
      }
    }
    const auto received = sorted_ids(succeeded(all.receives));
    RC_ASSERT(std::ranges::adjacent_find(received) == received.end());
    RC_ASSERT(std::ranges::includes(sorted_ids(succeeded(all.sends)), received));
  });
}

TEST(Concurrent, EveryValueIsDestroyedExactlyOnce) {
  holds(cases, [](tally& did) {
    const bool leaves = *rc::gen::arbitrary<bool>();
    const auto all = observe(leaves ? *program::leaving() : *program::staying(), did);
    RC_ASSERT(all.left_over == 0U);  // buffered values go with the receiver, though a sender is left
    RC_ASSERT(all.never_destroyed == 0U);
  });
}

// At every instant: the sends that have ended, less the receives that have begun, are what must be buffered then.
TEST(Concurrent, NeverMoreIsBufferedThanFits) {
  holds(cases, [](tally& did) {
    const auto what = *rc::gen::suchThat(rc::gen::oneOf(program::staying(), program::leaving()),
                                         [](const program& one) { return one.places.has_value(); });
    const auto all = observe(what, did);
    RC_ASSERT(all.largest_size <= *what.places);
    const auto ends = sorted(succeeded(all.sends), &seen::end);
    const auto begins = sorted(succeeded(all.receives), &seen::begin);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      RC_ASSERT(i + 1 <= *what.places + before(begins, ends[i]));
    }
  });
}

// `empty` and the timeout of a receive: wrong if a send had ended before and its value was still there. `full` and the
// timeout of a send: wrong if there were not so many values that could have been there.
TEST(Concurrent, EmptyAndFullAreSaidOnlyIfTheyWereTrue) {
  holds(cases, [](tally& did) {
    const auto what = *program::staying();
    const auto all = observe(what, did);
    const auto send_begins = sorted(succeeded(all.sends), &seen::begin);
    const auto send_ends = sorted(succeeded(all.sends), &seen::end);
    std::size_t received = 0;
    for (const seen& one : all.receives) {
      received += one.result == ending::ok;
      if (one.result == ending::gave_up) {
        RC_ASSERT(before(send_ends, one.begin) <= received);
      }
    }
    const auto receive_ends = sorted(succeeded(all.receives), &seen::end);
    for (const seen& one : all.sends) {
      if (one.result == ending::gave_up) {
        RC_ASSERT(what.places.has_value());
        RC_ASSERT(before(send_begins, one.end) - before(receive_ends, one.begin) >= *what.places);
      }
    }
  });
}

}  // namespace
}  // namespace plumbline::test

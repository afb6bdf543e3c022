// The recorder: its stamps are ordered with the operations, it keeps each thread's operations in their order, it can be
// read while threads write, and it does not allocate while they do.

#include "plumbline/oracle/recorder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "plumbline/oracle/history.hpp"

#if !PLUMBLINE_SANITIZED
namespace {
std::atomic<std::uint64_t> allocations{0};
}

// Counts; otherwise what the library's do. (GCC takes the pair for a mismatch once it has inlined one of the two.)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
void* operator new(std::size_t size) {
  allocations.fetch_add(1);
  if (void* const memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
// NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): taken for a free after `delete`, of which it is a part
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace {

using namespace plumbline::oracle;

TEST(StampClock, NeverRunsBackwardsInAThread) {
  std::uint64_t last = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t before = stamp_clock::before();
    const std::uint64_t after = stamp_clock::after();
    ASSERT_LE(last, before);
    ASSERT_LE(before, after);
    last = after;
  }
}

// A value goes from thread to thread and back; each hand-over is stamped on either side. If a stamp could slip over the
// store or the load that it belongs to, or if the processors' counters disagreed, a receipt would lie before its
// dispatch.
TEST(StampClock, IsOrderedWithWhatItStamps) {
  constexpr unsigned turns = 20000;
  std::atomic<unsigned> ball{0};
  std::vector<std::uint64_t> dispatched(turns + 1);
  std::vector<std::uint64_t> received(turns + 1);
  const auto play = [&](unsigned parity) {
    for (unsigned i = parity; i < turns; i += 2) {
      for (unsigned spins = 0; ball.load(std::memory_order_relaxed) != i; ++spins) {
        if (spins % 128 == 127) {
          std::this_thread::yield();
        }
      }
      received[i] = stamp_clock::after();  // the load has been done
      dispatched[i + 1] = stamp_clock::before();
      ball.store(i + 1, std::memory_order_relaxed);
    }
  };
  std::thread other(play, 1U);
  play(0U);
  other.join();
  for (unsigned i = 1; i < turns; ++i) {
    ASSERT_LE(dispatched[i], received[i]) << "hand-over " << i;
  }
}

// What the recorder's two promises are worth is seen from another processor. One thread stores 1, 2, 3, … and stamps
// each store; the other loads, and stamps each load. A load that began after a store had ended must see it; a load that
// ended before a store began must not. Says how many loads do otherwise.
template <class Clock>
std::size_t misplaced_loads(std::size_t rounds) {
  struct stamped {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t value = 0;
  };
  std::vector<stamped> stores(rounds);
  std::vector<stamped> loads(rounds);
  std::atomic<std::uint64_t> cell{0};
  std::atomic<int> ready{0};
  const auto meet = [&] {
    ready.fetch_add(1);
    while (ready.load() < 2) {
      std::this_thread::yield();
    }
  };
  std::thread storing([&] {
    meet();
    for (std::uint64_t i = 0; i < rounds; ++i) {
      stamped& mine = stores[i];
      mine.value = i + 1;
      mine.begin = Clock::before();
      cell.store(mine.value, std::memory_order_release);
      mine.end = Clock::after();
    }
  });
  meet();
  for (stamped& mine : loads) {
    mine.begin = Clock::before();
    mine.value = cell.load(std::memory_order_acquire);
    mine.end = Clock::after();
  }
  storing.join();
  std::size_t misplaced = 0;
  std::size_t ended = 0;  // stores, before the load began
  std::size_t begun = 0;  // stores, before the load ended
  for (const stamped& load : loads) {
    while (ended < rounds && stores[ended].end < load.begin) {
      ++ended;
    }
    while (begun < rounds && stores[begun].begin <= load.end) {
      ++begun;
    }
    misplaced += load.value < ended || load.value > begun ? 1U : 0U;
  }
  return misplaced;
}

TEST(StampClock, StampsLieOutsideOfWhatTheyStamp) {
  stamp_clock::name();
  for (int run = 0; run < 20; ++run) {
    ASSERT_EQ(misplaced_loads<stamp_clock>(50'000), 0U);
  }
}

#if defined(__x86_64__) && !PLUMBLINE_SANITIZED
// The same clock, but the store may still be on its way to the other processors when its end is stamped.
struct clock_that_does_not_wait_for_stores : stamp_clock {
  static std::uint64_t after() noexcept {
    unsigned processor = 0;
    return __rdtscp(&processor);
  }
};

// The same, but the stamp may be read while what empties the store buffer is still under way.
struct clock_that_reads_early : stamp_clock {
  static std::uint64_t after() noexcept {
    std::atomic<int> any{0};
    any.exchange(0, std::memory_order_seq_cst);
    return __rdtsc();
  }
};

// The same, but the operation has been going on for a while when its begin is stamped.
struct clock_that_stamps_begins_late : stamp_clock {
  static std::uint64_t before() noexcept { return stamp_clock::before() + 500; }
};

// The same, but an end is stamped before the operation is over.
struct clock_that_stamps_ends_early : stamp_clock {
  static std::uint64_t after() noexcept { return stamp_clock::after() - 500; }
};

template <class Clock>
bool is_noticed() {
  for (int run = 0; run < 2000; ++run) {
    if (misplaced_loads<Clock>(50'000) > 0) {
      return true;
    }
  }
  return false;
}

TEST(StampClock, MisplacedStampsAreNoticed) {
  if (std::thread::hardware_concurrency() < 2 || stamp_clock::name() != "time-stamp counter") {
    GTEST_SKIP() << "it takes two processors, and their time-stamp counters";
  }
  EXPECT_TRUE(is_noticed<clock_that_does_not_wait_for_stores>());
  EXPECT_TRUE(is_noticed<clock_that_reads_early>());
  EXPECT_TRUE(is_noticed<clock_that_stamps_begins_late>());
  EXPECT_TRUE(is_noticed<clock_that_stamps_ends_early>());
}
#endif

TEST(StampClock, KnowsItsRateAndItsCost) {
  const std::uint64_t begin = stamp_clock::before();
  const auto began = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - began < std::chrono::milliseconds(20)) {
  }
  const double nanoseconds = stamp_clock::nanoseconds(stamp_clock::after() - begin);
  EXPECT_GT(nanoseconds, 19e6);
  EXPECT_GT(stamp_clock::nanoseconds_per_operation(), 0.0);
  EXPECT_FALSE(stamp_clock::name().empty());
}

TEST(Recorder, KeepsWhatEachThreadDid) {
  recorder records(2, 4);
  records.of(1).begin(operation_kind::try_recv, 0, 0);
  records.of(1).end(outcome::empty, 0);
  records.of(0).begin(operation_kind::send, 3, 17);
  records.of(0).end(outcome::ok, 17);
  records.of(1).begin(operation_kind::recv, 0, 0);
  records.of(1).end(outcome::ok, 17);
  records.of(1).begin(operation_kind::recv, 0, 0);

  const std::vector<operation> all = records.operations();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].kind, operation_kind::try_recv);
  EXPECT_EQ(all[0].result, outcome::empty);
  EXPECT_EQ(all[1].thread, 0U);
  EXPECT_EQ(all[1].handle, 3U);
  EXPECT_EQ(all[1].value, 17U);
  EXPECT_EQ(all[2].value, 17U);
  EXPECT_EQ(all[3].result, outcome::pending);
  EXPECT_EQ(all[3].end, operation::never);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LE(all[i - 1].begin, all[i].begin);
    EXPECT_LE(all[i - 1].end, all[i].begin) << "they did not overlap";
  }
}

TEST(Recorder, TakesRefusalsBack) {
  recorder records(1, 2);
  for (int i = 0; i < 1000; ++i) {
    records.of(0).begin(operation_kind::try_recv, 0, 0);
    records.of(0).end(outcome::empty, 0);
    records.of(0).forget();
  }
  records.of(0).begin(operation_kind::recv, 0, 0);
  records.of(0).end(outcome::ok, 1);
  EXPECT_FALSE(records.overflowed());
  ASSERT_EQ(records.operations().size(), 1U);
  EXPECT_EQ(records.operations()[0].value, 1U);
}

TEST(Recorder, SaysThatItIsFull) {
  recorder records(1, 2);
  for (std::uint64_t i = 0; i < 3; ++i) {
    records.of(0).begin(operation_kind::send, 0, i);
    records.of(0).end(outcome::ok, i);
  }
  EXPECT_TRUE(records.overflowed());
  EXPECT_EQ(records.operations().size(), 2U);
  records.clear();
  EXPECT_FALSE(records.overflowed());
  EXPECT_TRUE(records.operations().empty());
}

#if !PLUMBLINE_SANITIZED
TEST(Recorder, DoesNotAllocateWhileItRecords) {
  recorder records(1, 1000);
  stamp_clock::name();
  const std::uint64_t before = allocations.load();
  for (std::uint64_t i = 0; i < 1000; ++i) {
    records.of(0).begin(operation_kind::send, 0, i);
    records.of(0).end(outcome::ok, i);
  }
  EXPECT_EQ(allocations.load(), before);
}
#endif

// What a watchdog sees in the midst of things is a beginning of what there is in the end.
TEST(Recorder, CanBeReadWhileThreadsWrite) {
  constexpr std::uint64_t operations = 20000;
  recorder records(2, operations);
  std::atomic<bool> finished{false};
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < operations; ++i) {
      records.of(0).begin(operation_kind::send, 0, i);
      records.of(0).end(outcome::ok, i);
    }
    finished.store(true);
  });
  std::uint64_t progress = 0;
  do {
    const std::uint64_t now = records.progress();
    EXPECT_LE(progress, now);
    progress = now;
    const std::vector<operation> seen = records.operations();
    for (std::uint64_t i = 0; i < seen.size(); ++i) {
      ASSERT_EQ(seen[i].value, i);
      ASSERT_TRUE(seen[i].result == outcome::ok || i + 1 == seen.size());
    }
  } while (!finished.load());
  writer.join();
  EXPECT_EQ(records.operations().size(), operations);
}

}  // namespace

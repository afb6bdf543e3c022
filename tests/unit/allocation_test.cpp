// Memory: what happens when there is none (send is the only operation that allocates), and that a channel in steady use
// does not keep what it took. This program replaces the global operator new to count, and to fail when asked to.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <limits>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"
#include "watched_sync.hpp"

namespace {

std::atomic<long> blocks_alive = 0;
std::atomic<long> blocks_left = std::numeric_limits<long>::max();  // before the next allocation fails

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  if (blocks_left.fetch_sub(1) <= 0) {
    blocks_left.fetch_add(1);
    throw std::bad_alloc();
  }
  // Of any size, but of a multiple of the alignment.
  void* const block = std::aligned_alloc(alignment, (size / alignment + 1) * alignment);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  ++blocks_alive;
  return block;
}

void release(void* block) noexcept {
  if (block != nullptr) {
    --blocks_alive;
    std::free(block);
  }
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
// NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): taken for a use after `delete`, of which it is a part
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { release(block); }

namespace plumbline::test {
namespace {

using namespace std::chrono_literals;

// As long as it lives, only `blocks` more allocations succeed.
class scarce_memory {
 public:
  explicit scarce_memory(long blocks) { blocks_left = blocks; }
  ~scarce_memory() { blocks_left = std::numeric_limits<long>::max(); }
  scarce_memory(const scarce_memory&) = delete;
  scarce_memory& operator=(const scarce_memory&) = delete;
};

// Whether `operation` ran out of memory.
bool runs_out(auto operation) {
  const scarce_memory none(0);
  try {
    operation();
    return false;
  } catch (const std::bad_alloc&) {
    return true;
  }
}

TEST(Memory, ASendWithoutAnyLeavesTheChannelAsItWas) {
  life_counts<> life;
  for (const capacity places : {capacity(), capacity(0), capacity(2)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<tracked<>>(places);
    if (places != 0U) {
      EXPECT_TRUE(tx.send(tracked<>(life, 1)));
    }
    const std::size_t size = tx.size();
    EXPECT_TRUE(runs_out([&] { (void)tx.send(tracked<>(life, 2)); }));
    EXPECT_TRUE(runs_out([&] { (void)tx.try_send(tracked<>(life, 3)); }));
    EXPECT_TRUE(runs_out([&] { (void)tx.send_for(tracked<>(life, 4), 1h); }));
    EXPECT_EQ(tx.size(), size);
    EXPECT_EQ(life.values, size);  // the argument is gone, and nothing else
    if (places != 0U) {
      EXPECT_TRUE(tx.send(tracked<>(life, 5)));
      EXPECT_EQ(rx.recv().value().id(), 1);
      EXPECT_EQ(rx.recv().value().id(), 5);
    }
    EXPECT_TRUE(is_empty(rx.try_recv()));
  }
  EXPECT_EQ(life.objects, 0U);
}

// A value that is a few bytes has no memory of its own, but the queue may need more: then the channel is as it was,
// too, and whoever waits behind that sender is woken in its stead. At which values it grows depends on how many went
// before.
TEST(Memory, ASendWithoutAnyPassesItsWakeUpOn) {
  int ran_out = 0;
  int sent = 0;
  auto [tx, rx] = bounded_channel<int, watched_sync>(2);
  for (int before = 0; before < 64; ++before) {
    EXPECT_TRUE(tx.send(before));
    EXPECT_TRUE(tx.send(before));
    std::atomic<int> refused = 0;
    std::optional<scarce_memory> none;
    {
      std::vector<std::jthread> blocked;
      for (int i = 0; i < 2; ++i) {
        blocked.emplace_back([&] {
          try {
            EXPECT_TRUE(tx.send(before));
          } catch (const std::bad_alloc&) {
            ++refused;
          }
        });
      }
      watched_sync::await_sleepers(2);
      const watched_sync::pause nobody_goes_on;
      EXPECT_TRUE(rx.recv());  // wakes one of them
      EXPECT_TRUE(rx.recv());
      none.emplace(0);
    }  // both are waited for
    none.reset();
    EXPECT_EQ(tx.size(), static_cast<std::size_t>(2 - refused));
    while (rx.try_recv()) {
      ++sent;
    }
    ran_out += refused;
  }
  EXPECT_GT(ran_out, 0);
  EXPECT_EQ(sent, 128 - ran_out);
}

// There is memory for what carries the value, but not for its place in the queue. (A deadlock would end in the
// watchdog.)
TEST(Memory, DestroysNoValueWhileTheMutexIsHeld) {
  int ran_out = 0;
  auto [tx, rx] = channel<meddler>();
  const std::function<void()> look = [&tx] { (void)tx.size(); };  // takes the mutex
  for (int i = 0; i < 64; ++i) {
    try {
      const scarce_memory one(1);
      EXPECT_TRUE(tx.send(meddler(look)));
    } catch (const std::bad_alloc&) {
      ++ran_out;
      EXPECT_TRUE(tx.send(meddler(look)));  // which makes room for some more
    }
  }
  EXPECT_GT(ran_out, 0);
  EXPECT_EQ(tx.size(), 64U);
}

TEST(Memory, NothingButASendNeedsIt) {
  auto [tx, rx] = channel<int>();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(tx.send(i));
  }
  int received = 0;
  const bool ran_out = runs_out([&] {
    sender<int> clone = tx.clone();
    sender<int> moved = std::move(clone);
    received += rx.recv().has_value() + rx.try_recv().has_value() + rx.recv_for(0s).has_value();
    moved.drop();
    for ([[maybe_unused]] auto&& value : rx.drain()) {
      ++received;
    }
    tx.drop();
    rx.drop();
  });
  EXPECT_FALSE(ran_out);
  EXPECT_EQ(received, 4);
}

TEST(Memory, AChannelIsMadeWholeOrNotAtAll) {
  const long before = blocks_alive;
  EXPECT_TRUE(runs_out([] { (void)channel<int>(); }));
  EXPECT_TRUE(runs_out([] { (void)bounded_channel<int>(std::numeric_limits<std::size_t>::max() - 1); }));
  EXPECT_EQ(blocks_alive, before);
}

TEST(Memory, SteadyUseDoesNotGrow) {
  for (const capacity places : {capacity(), capacity(3)}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = make<int>(places);
    const auto use = [&] {
      for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(tx.send(i));
      }
      for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(rx.recv());
      }
      (void)tx.clone();
    };
    use();
    const long before = blocks_alive;
    for (int lap = 0; lap < 1'000; ++lap) {
      use();
    }
    EXPECT_LE(blocks_alive, before + 1);  // the place of the next value may lie in a block that holds none yet
  }
}

TEST(Memory, OperationsThatTimeOutLeaveNothingBehind) {
  for (const std::size_t places : {0U, 1U}) {
    SCOPED_TRACE(describe(places));
    auto [tx, rx] = bounded_channel<int>(places);
    const auto give_up = [&] {
      EXPECT_TRUE(is_timeout(rx.recv_for(1us)));
      EXPECT_TRUE(is_empty(rx.try_recv()));
      if (places == 1) {
        EXPECT_TRUE(tx.try_send(0));
      }
      EXPECT_TRUE(is_timeout(tx.send_for(1, 1us), 1));
      EXPECT_TRUE(is_full(tx.try_send(1), 1));
      if (places == 1) {
        EXPECT_EQ(rx.try_recv(), 0);
      }
    };
    give_up();
    const long before = blocks_alive;
    for (int i = 0; i < 200; ++i) {
      give_up();
    }
    EXPECT_EQ(blocks_alive, before);
  }
}

TEST(Memory, AllOfItIsReleasedWithTheLastHandle) {
  const long before = blocks_alive;
  {
    auto [tx, rx] = channel<int>();
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(tx.send(i));
    }
    auto clone = std::optional(tx.clone());
    rx.drop();
    clone.reset();
    tx.drop();
    EXPECT_EQ(blocks_alive, before);
  }
  EXPECT_EQ(blocks_alive, before);
}

}  // namespace
}  // namespace plumbline::test

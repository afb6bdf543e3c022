#include "plumbline/oracle/recorder.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace plumbline::oracle {
namespace {

using std::chrono::steady_clock;

#if defined(__x86_64__)

// "Invariant TSC", and RDTSCP: leaf 0x8000'0007 EDX bit 8, leaf 0x8000'0001 EDX bit 27.
bool counter_is_invariant() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  const bool invariant = __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1U << 8U)) != 0;
  const bool rdtscp = __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (d & (1U << 27U)) != 0;
  return invariant && rdtscp;
}

void pin(std::size_t processor) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(processor, &only);
  pthread_setaffinity_np(pthread_self(), sizeof only, &only);  // best effort: unpinned, the test is only weaker
}

// A ball goes to and fro between two processors; each throw is stamped, and no catch may bear an earlier stamp.
bool counters_agree(std::size_t here, std::size_t there) {
  constexpr unsigned throws = 64;
  std::atomic<unsigned> ball{0};
  std::atomic<std::uint64_t> stamp{0};
  std::atomic<bool> agree{true};
  const auto play = [&](std::size_t processor, unsigned turn) {
    pin(processor);
    for (unsigned i = turn; i < throws; i += 2) {
      while (ball.load(std::memory_order_acquire) != i) {
        std::this_thread::yield();  // both may have been put on one processor
      }
      unsigned ignored = 0;
      const std::uint64_t caught = __rdtscp(&ignored);
      if (caught < stamp.load(std::memory_order_relaxed)) {
        agree.store(false, std::memory_order_relaxed);
      }
      stamp.store(__rdtscp(&ignored), std::memory_order_relaxed);
      _mm_mfence();
      ball.store(i + 1, std::memory_order_release);
    }
  };
  std::thread other(play, there, 1U);
  std::thread one(play, here, 0U);
  one.join();
  other.join();
  return agree.load(std::memory_order_relaxed);
}

bool all_counters_agree() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  if (sched_getaffinity(0, sizeof usable, &usable) != 0) {
    return false;
  }
  std::vector<std::size_t> processors;
  for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &usable)) {
      processors.push_back(processor);
    }
  }
  return std::all_of(processors.begin() + 1, processors.end(),
                     [&](std::size_t other) { return counters_agree(processors.front(), other); });
}

#endif

std::uint64_t ticks_now() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return 0;
#endif
}

// One moment on both clocks. Two of them give the rate: the farther apart, the better.
struct moment {
  std::uint64_t ticks = ticks_now();
  steady_clock::time_point time = steady_clock::now();
};

// What is found out once, when the first stamp is asked for.
struct counter {
  moment start;
  bool usable = false;

  counter() {
#if defined(__x86_64__)
    usable = counter_is_invariant() && all_counters_agree();
#endif
  }
};

const counter& the_counter() noexcept {
  static const counter found;
  return found;
}

}  // namespace

bool stamp_clock::find_out() noexcept {
  const bool usable = the_counter().usable;
  usability_.store(usable ? usability::usable : usability::unusable, std::memory_order_relaxed);
  return usable;
}

std::uint64_t stamp_clock::steady() noexcept {
  // A sequentially consistent exchange on either side keeps the stores of the operation on its side of the stamp.
  static thread_local std::atomic<int> fence{0};
  fence.exchange(0, std::memory_order_seq_cst);
  const auto now = steady_clock::now().time_since_epoch();
  fence.exchange(0, std::memory_order_seq_cst);
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::string_view stamp_clock::name() noexcept { return counter_is_usable() ? "time-stamp counter" : "steady clock"; }

double stamp_clock::nanoseconds(std::uint64_t ticks) {
  if (!counter_is_usable()) {
    return static_cast<double>(ticks);
  }
  static const double per_tick = [] {
    const moment& start = the_counter().start;
    while (steady_clock::now() - start.time < std::chrono::milliseconds(5)) {
      std::this_thread::yield();  // a rate wants a stretch of time to be measured over
    }
    const moment now;
    const std::chrono::duration<double, std::nano> passed = now.time - start.time;
    return passed.count() / static_cast<double>(now.ticks - start.ticks);
  }();
  return static_cast<double>(ticks) * per_tick;
}

double stamp_clock::nanoseconds_per_operation() {
  constexpr std::size_t operations = 2000;
  track scratch(operations);
  const auto began = steady_clock::now();
  for (std::size_t i = 0; i < operations; ++i) {
    scratch.begin(operation_kind::try_recv, 0, 0);
    scratch.end(outcome::empty, 0);
  }
  const std::chrono::duration<double, std::nano> passed = steady_clock::now() - began;
  return passed.count() / operations;
}

track::track(std::size_t most_operations, std::pmr::memory_resource* memory) : entries_(most_operations, memory) {}

void track::forget() noexcept {
  if (!recording_) {
    return;
  }
  const std::size_t ended = ended_.load(std::memory_order_relaxed);
  forgotten_.fetch_add(1, std::memory_order_acq_rel);
  ended_.store(ended - 1, std::memory_order_release);
  begun_.store(ended - 1, std::memory_order_release);
}

std::uint64_t track::progress() const noexcept {
  return begun_.load(std::memory_order_acquire) + ended_.load(std::memory_order_acquire);
}

void track::append_to(std::vector<operation>& operations, std::uint32_t thread) const {
  const std::size_t before = operations.size();
  std::uint64_t forgotten = 0;
  do {  // once, but for a thread that polls, and takes operations back while they are read
    operations.resize(before);
    forgotten = forgotten_.load(std::memory_order_acquire);
    const std::size_t ended = ended_.load(std::memory_order_acquire);
    const std::size_t begun = begun_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < begun && i <= ended; ++i) {
      const entry& here = entries_[i];
      operation read{.thread = thread,
                     .handle = here.handle.load(std::memory_order_acquire),
                     .kind = here.kind.load(std::memory_order_acquire),
                     .value = here.value.load(std::memory_order_acquire),
                     .begin = here.begin.load(std::memory_order_acquire)};
      if (i < ended) {
        read.result = here.result.load(std::memory_order_acquire);
        read.end = here.end.load(std::memory_order_acquire);
      } else if (is_receiver_operation(read.kind)) {
        read.value = 0;  // it may just have ended, and written what it received
      }
      operations.push_back(read);
    }
  } while (forgotten_.load(std::memory_order_acquire) != forgotten);
}

void track::clear() noexcept {
  begun_.store(0, std::memory_order_release);
  ended_.store(0, std::memory_order_release);
  overflowed_.store(false, std::memory_order_relaxed);
}

recorder::recorder(std::size_t threads, std::size_t operations_per_thread, std::pmr::memory_resource* memory)
    : tracks_(memory) {
  for (std::size_t thread = 0; thread < threads; ++thread) {
    tracks_.emplace_back(operations_per_thread, memory);
  }
}

void recorder::clear() noexcept {
  for (track& one : tracks_) {
    one.clear();
  }
}

bool recorder::overflowed() const noexcept {
  return std::any_of(tracks_.begin(), tracks_.end(), [](const track& one) { return one.overflowed(); });
}

std::uint64_t recorder::progress() const noexcept {
  std::uint64_t sum = 0;
  for (const track& one : tracks_) {
    sum += one.progress();
  }
  return sum;
}

std::vector<operation> recorder::operations() const {
  std::vector<operation> by_thread;
  for (std::size_t thread = 0; thread < tracks_.size(); ++thread) {
    tracks_[thread].append_to(by_thread, static_cast<std::uint32_t>(thread));
  }
  // Equal stamps keep the order of their thread.
  std::vector<std::size_t> order(by_thread.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(by_thread[a].begin, a) < std::pair(by_thread[b].begin, b);
  });
  std::vector<operation> all;
  all.reserve(order.size());
  for (const std::size_t at : order) {
    all.push_back(by_thread[at]);
  }
  return all;
}

}  // namespace plumbline::oracle

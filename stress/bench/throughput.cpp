// How many values a second go through each channel, all through the same adapters that the oracle uses; and through
// the reference without one, which shows what the adapter costs. docs/throughput.md says how to read it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/channels_command.hpp"
#include "plumbline/channel.hpp"
#include "plumbline/oracle/adapter.hpp"

namespace plumbline::bench {
namespace {

using seconds = std::chrono::duration<double>;

// A channel of any kind, with its waiting operations; one that has none is asked again until it says yes.
class through_adapter {
 public:
  through_adapter(const oracle::channel_type& type, oracle::capacity places, std::uint32_t senders)
      : send_(type.operations.has(oracle::operation_kind::send) ? oracle::operation_kind::send
                                                                : oracle::operation_kind::try_send),
        recv_(type.operations.has(oracle::operation_kind::recv) ? oracle::operation_kind::recv
                                                                : oracle::operation_kind::try_recv),
        channel_(type.make(places, senders, oracle::payload::bare)) {}

  void send(std::uint32_t sender, std::uint64_t value) { call({.kind = send_, .sender = sender, .value = value}); }
  std::uint64_t recv() { return call({.kind = recv_}).value.value(); }

 private:
  oracle::attempt call(const oracle::request& asked) {
    for (;; std::this_thread::yield()) {
      const oracle::attempt answer = channel_->call(asked);
      if (answer.result == oracle::outcome::ok) {
        return answer;
      }
      if (answer.result != oracle::outcome::full && answer.result != oracle::outcome::empty) {
        fmt::print(stderr, "plumbline_throughput: the channel says what it must not while all its ends are there\n");
        std::abort();
      }
    }
  }

  oracle::operation_kind send_;
  oracle::operation_kind recv_;
  std::unique_ptr<oracle::channel_under_test> channel_;
};

class native_reference {
 public:
  native_reference(oracle::capacity places, std::uint32_t senders) {
    auto [tx, rx] = places ? bounded_channel<std::uint64_t>(*places) : channel<std::uint64_t>();
    for (std::uint32_t sender = 0; sender < senders; ++sender) {
      senders_.push_back(tx.clone());
    }
    receiver_ = std::move(rx);
  }

  void send(std::uint32_t sender, std::uint64_t value) { benchmark::DoNotOptimize(senders_[sender].send(value)); }
  std::uint64_t recv() { return receiver_->recv().value(); }

 private:
  std::vector<sender<std::uint64_t>> senders_;
  std::optional<receiver<std::uint64_t>> receiver_;
};

// What went through: how many values, and what they add up to.
struct traffic {
  std::uint64_t values = 0;
  std::uint64_t sum = 0;

  void count(std::uint64_t value) {
    ++values;
    sum += value;
  }
  friend traffic operator+(const traffic& a, const traffic& b) { return {a.values + b.values, a.sum + b.sum}; }
  friend bool operator==(const traffic&, const traffic&) = default;
};

// All senders together send so many values, or those that they can begin to send in that time: a slow channel takes
// no longer than a fast one.
constexpr std::uint64_t most_values = 100'000;
constexpr std::uint64_t the_end = most_values;  // the last value of each sender, which tells the receiver that it is
constexpr std::chrono::milliseconds longest(200);
constexpr std::uint64_t clock_is_read_every = 32;  // values

// Ends the program if that takes much longer: where a value is lost the receiver waits for ever.
class watchdog {
 public:
  explicit watchdog(std::string name)
      : thread_([name = std::move(name)](const std::stop_token& done) {
          std::mutex alone;
          std::unique_lock holding(alone);
          std::condition_variable_any sleeping;
          if (!sleeping.wait_for(holding, done, 50 * longest, [&done] { return done.stop_requested(); })) {
            fmt::print(stderr, "plumbline_throughput: {}: is stuck: is a value lost?\n", name);
            std::_Exit(1);
          }
        }) {}

 private:
  std::jthread thread_;
};

struct pumped {
  traffic received;
  seconds took{};         // from when every thread is there until the last value was received
  bool complete = false;  // what was received is what was sent
};

template <class Channel>
pumped pump(Channel& channel, std::uint32_t senders) {
  using clock = std::chrono::steady_clock;
  clock::time_point start;
  std::barrier all_are_there(senders + 1, [&start]() noexcept { start = clock::now(); });
  std::vector<traffic> sent(senders);
  std::vector<std::jthread> threads;
  threads.reserve(senders);
  for (std::uint32_t sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      all_are_there.arrive_and_wait();
      traffic mine;
      for (std::uint64_t value = sender; value < most_values; value += senders) {
        if (mine.values % clock_is_read_every == 0 && clock::now() > start + longest) {
          break;
        }
        channel.send(sender, value);
        mine.count(value);
      }
      channel.send(sender, the_end);
      sent[sender] = mine;
    });
  }
  all_are_there.arrive_and_wait();
  pumped result;
  for (std::uint32_t ended = 0; ended < senders;) {
    if (const std::uint64_t value = channel.recv(); value == the_end) {
      ++ended;
    } else {
      result.received.count(value);
    }
  }
  result.took = clock::now() - start;
  threads.clear();
  result.complete = std::accumulate(sent.begin(), sent.end(), traffic()) == result.received;
  return result;
}

template <class Make>
void measure(benchmark::State& state, const std::string& name, oracle::capacity places, std::uint32_t senders,
             const Make& make) {
  std::uint64_t values = 0;
  for (auto _ : state) {
    const watchdog looking(name);
    auto channel = make(places, senders);
    const pumped result = pump(channel, senders);
    state.SetIterationTime(result.took.count());
    values += result.received.values;
    if (!result.complete) {
      state.SkipWithError("values were lost, or came twice");
      break;
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(values));
}

template <class Make>
void add(const std::string& name, const oracle::capacities& sizes, const Make& make) {
  for (const oracle::capacity places : {oracle::capacity(), oracle::capacity(1024), oracle::capacity(0)}) {
    for (const std::uint32_t senders : {1U, 2U, 4U}) {
      if (sizes.contains(places)) {
        const std::string which = fmt::format("{}/{}/{}", name, oracle::to_string(places), senders);
        benchmark::RegisterBenchmark(which.c_str(),
                                     [=](benchmark::State& state) { measure(state, which, places, senders, make); })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) {
  using namespace plumbline;
  for (const oracle::channel_type& type : cli::known_channels()) {
    benchmark::AddCustomContext(type.name, type.version);
    bench::add(type.name, type.sizes, [type](oracle::capacity places, std::uint32_t senders) {
      return bench::through_adapter(type, places, senders);
    });
  }
  bench::add("native", {.unbounded = true, .smallest = 0, .largest = oracle::capacities::any},
             [](oracle::capacity places, std::uint32_t senders) { return bench::native_reference(places, senders); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 3;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

// How many values a second go through each channel, all through the same adapters that the oracle uses; and through
// the reference without one, which shows what the adapter costs. docs/throughput.md says how to read it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
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
        channel_(type.make(places, senders, oracle::payload::plain)) {}

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

// From when every thread is there until the last value was received. All values are: their sum is looked at.
template <class Channel>
seconds pump(Channel& channel, std::uint32_t senders, std::uint64_t values, bool& complete) {
  std::chrono::steady_clock::time_point start;
  std::barrier all_are_there(senders + 1, [&start]() noexcept { start = std::chrono::steady_clock::now(); });
  std::vector<std::jthread> threads;
  threads.reserve(senders);
  for (std::uint32_t sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      all_are_there.arrive_and_wait();
      for (std::uint64_t value = sender; value < values; value += senders) {
        channel.send(sender, value);
      }
    });
  }
  all_are_there.arrive_and_wait();
  std::uint64_t sum = 0;
  for (std::uint64_t received = 0; received < values; ++received) {
    sum += channel.recv();
  }
  const seconds took = std::chrono::steady_clock::now() - start;
  complete = sum == values * (values - 1) / 2;
  return took;
}

template <class Make>
void measure(benchmark::State& state, oracle::capacity places, std::uint32_t senders, const Make& make) {
  const std::uint64_t values = places == 0U ? 20'000 : 100'000;  // each value of a rendezvous may take two wake-ups
  for (auto _ : state) {
    auto channel = make(places, senders);
    bool complete = false;
    state.SetIterationTime(pump(channel, senders, values, complete).count());
    if (!complete) {
      state.SkipWithError("values were lost, or came twice");
      break;
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(values) * state.iterations());
}

template <class Make>
void add(const std::string& name, const oracle::capacities& sizes, const Make& make) {
  for (const oracle::capacity places : {oracle::capacity(), oracle::capacity(1024), oracle::capacity(0)}) {
    for (const std::uint32_t senders : {1U, 2U, 4U}) {
      if (sizes.contains(places)) {
        const std::string which = fmt::format("{}/{}/{}", name, oracle::to_string(places), senders);
        benchmark::RegisterBenchmark(which.c_str(),
                                     [=](benchmark::State& state) { measure(state, places, senders, make); })
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

// How fast the checker is, by itself. Each benchmark counts operations of a simulated history (simulation.hpp).
#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <spanstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulation.hpp"
#include "bench/thread_logs.hpp"
#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/stream.hpp"

namespace plumbline::bench {
namespace {

using oracle::history;

constexpr std::uint64_t seed = 1;

struct named_capacity {
  const char* name;
  oracle::capacity capacity;
};
const std::vector<named_capacity> capacities = {{"unbounded", {}}, {"64", 64}, {"1", 1}, {"0", 0}};

// Histories are made once, for the benchmarks that follow on one another.
const history& of_size(oracle::capacity capacity, std::uint64_t operations) {
  static std::pair<oracle::capacity, std::uint64_t> made_for;
  static history made;
  if (made_for != std::pair(capacity, operations)) {
    made = {};
    made = simulated({.capacity = capacity}, operations, seed);
    made_for = {capacity, operations};
  }
  return made;
}

void count_operations(benchmark::State& state, std::size_t operations) {
  state.counters["operations"] =
      benchmark::Counter(static_cast<double>(operations), benchmark::Counter::kIsIterationInvariantRate);
}

void must_conform(benchmark::State& state, const oracle::verdict& said) {
  if (said.what != oracle::judgement::conforms) {
    state.SkipWithError("a history that conforms was said not to");
  }
}

void in_memory(benchmark::State& state, oracle::capacity capacity) {
  const history& h = of_size(capacity, static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    must_conform(state, oracle::check(h));
  }
  count_operations(state, h.operations.size());
}

// The events, in order.
void streaming(benchmark::State& state, oracle::capacity capacity) {
  const history& h = of_size(capacity, static_cast<std::uint64_t>(state.range(0)));
  const std::vector<oracle::event> events = oracle::events_of(h);
  for (auto _ : state) {
    oracle::stream watched(h.promised, h.capacity, h.senders);
    for (const oracle::event& e : events) {
      e.is_end ? watched.end(h.operations[e.operation]) : watched.begin(h.operations[e.operation]);
    }
    must_conform(state, watched.finish(false));
  }
  count_operations(state, h.operations.size());
}

// The logs of the threads, which are merged.
void merging(benchmark::State& state, oracle::capacity capacity) {
  const history& h = of_size(capacity, static_cast<std::uint64_t>(state.range(0)));
  const thread_logs logs = logs_of(h);
  for (auto _ : state) {
    must_conform(state, check_merged(h, logs));
  }
  count_operations(state, h.operations.size());
}

void reading(benchmark::State& state) {
  std::ostringstream written;
  oracle::write_jsonl(written, of_size({}, static_cast<std::uint64_t>(state.range(0))));
  const std::string file = std::move(written).str();
  for (auto _ : state) {
    std::ispanstream in(file);
    if (!oracle::read_jsonl(in)) {
      state.SkipWithError("the file could not be read");
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(file.size()) * state.iterations());
}

void register_all() {
  for (const auto& [name, capacity] : capacities) {
    for (const auto& [how, run] :
         {std::pair("in_memory/", &in_memory), std::pair("streaming/", &streaming), std::pair("merging/", &merging)}) {
      benchmark::RegisterBenchmark((how + std::string(name)).c_str(),
                                   [run = run, capacity = capacity](benchmark::State& state) { run(state, capacity); })
          ->RangeMultiplier(10)
          ->Range(10'000, 10'000'000)
          ->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::RegisterBenchmark("reading", reading)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) {
  plumbline::bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 3;
  }
  benchmark::RunSpecifiedBenchmarks();
}

// What it costs to record an operation: the difference to one that is not recorded.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdint>

#include "plumbline/channel.hpp"
#include "plumbline/oracle/recorder.hpp"

namespace plumbline::bench {
namespace {

constexpr std::size_t room = 1 << 16;

// An operation as cheap as that of a fast channel can be: one locked instruction.
void cheap_operation(benchmark::State& state, bool record) {
  std::atomic<std::uint64_t> cell{0};
  oracle::track log(room);
  std::size_t recorded = 0;
  for (auto _ : state) {
    if (record) {
      log.begin(oracle::operation_kind::send, 0, 7);
    }
    cell.fetch_add(1, std::memory_order_acq_rel);
    if (record) {
      log.end(oracle::outcome::ok, 7);
      if (++recorded == room) {
        log.clear();
        recorded = 0;
      }
    }
  }
}

// Two operations of the reference channel.
void send_and_recv(benchmark::State& state, bool record) {
  auto [tx, rx] = channel<std::uint64_t>();
  oracle::track log(room);
  std::size_t recorded = 0;
  for (auto _ : state) {
    if (record) {
      log.begin(oracle::operation_kind::send, 0, 7);
    }
    benchmark::DoNotOptimize(tx.send(7));
    if (record) {
      log.end(oracle::outcome::ok, 7);
      log.begin(oracle::operation_kind::recv, 0, 0);
    }
    benchmark::DoNotOptimize(rx.recv());
    if (record) {
      log.end(oracle::outcome::ok, 7);
      if ((recorded += 2) == room) {
        log.clear();
        recorded = 0;
      }
    }
  }
}

BENCHMARK_CAPTURE(cheap_operation, unrecorded, false);
BENCHMARK_CAPTURE(cheap_operation, recorded, true);
BENCHMARK_CAPTURE(send_and_recv, unrecorded, false);
BENCHMARK_CAPTURE(send_and_recv, recorded, true);

}  // namespace
}  // namespace plumbline::bench

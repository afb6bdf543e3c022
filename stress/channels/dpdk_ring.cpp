// DPDK's rte_ring with many producers and one consumer, in memory of its own: rte_ring_init needs neither the
// environment layer (EAL) nor huge pages.
//
// What its documentation ("Ring Library" of the Programmer's Guide, rte_ring.h) promises: a FIFO of a fixed size, with
// RING_F_EXACT_SZ of exactly the size asked for, that never waits for room or for a value. A producer reserves its
// place by moving the head; it publishes the value by moving the tail, when the producers before it have moved theirs.
// A place that is reserved counts as taken, so `full` may be said while the consumer finds nothing yet: empty =
// head-of-line. There is no notion of disconnection.

#include <rte_ring.h>
#include <rte_version.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/registry.hpp"
#include "plumbline/oracle/tracked.hpp"

namespace {

using namespace plumbline::oracle;

class dpdk_ring {
 public:
  static constexpr contract promises{.empty = emptiness::head_of_line, .disconnect = disconnection::none};
  static constexpr capacities sizes{.smallest = 1, .largest = std::size_t{1} << 20U};  // it is allocated at once

  dpdk_ring(capacity places, std::uint32_t) {
    const auto count = static_cast<unsigned>(places.value());
    const auto bytes = static_cast<std::size_t>(rte_ring_get_memsize(rte_align32pow2(count + 1)));
    constexpr std::size_t alignment =
        std::size_t{2} * RTE_CACHE_LINE_SIZE;  // of struct rte_ring, and bytes is a multiple of a line
    ring_.reset(static_cast<rte_ring*>(std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)));
    if (!ring_ || rte_ring_init(ring_.get(), "plumbline", count, RING_F_SC_DEQ | RING_F_EXACT_SZ) != 0) {
      throw std::bad_alloc();
    }
  }
  dpdk_ring(const dpdk_ring&) = delete;
  dpdk_ring& operator=(const dpdk_ring&) = delete;
  ~dpdk_ring() {
    while (take()) {
    }
  }

  // It carries pointers.
  attempt try_send(std::uint32_t, std::uint64_t value) {
    auto payload = std::make_unique<tracked>(value);
    if (rte_ring_mp_enqueue(ring_.get(), payload.get()) != 0) {
      return refused(outcome::full, payload->value());
    }
    static_cast<void>(payload.release());
    return outcome::ok;  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the ring has the payload
  }
  attempt try_recv() {
    const std::unique_ptr<tracked> payload = take();
    return payload ? received(payload->value()) : outcome::empty;
  }

 private:
  std::unique_ptr<tracked> take() {
    void* taken = nullptr;
    const bool any = rte_ring_sc_dequeue(ring_.get(), &taken) == 0;
    return std::unique_ptr<tracked>(any ? static_cast<tracked*>(taken) : nullptr);
  }

  struct free_memory {
    void operator()(rte_ring* ring) const noexcept { std::free(ring); }
  };
  std::unique_ptr<rte_ring, free_memory> ring_;
};

const registered_channel registered(describe<dpdk_ring>("dpdk-ring", PLUMBLINE_CHANNEL_VERSION));

}  // namespace

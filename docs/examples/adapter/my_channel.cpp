// A C++ channel under the oracle. The channel: a ring of cells, each with a turn number (after Dmitry Vyukov's bounded
// queue), and nothing else: nobody waits in it, and nobody hears when the other end is gone.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

class ring {
 public:
  explicit ring(std::size_t places) : cells_(places) {
    for (std::size_t i = 0; i < places; ++i) {
      cells_[i].turn.store(i, std::memory_order_relaxed);
    }
  }

  bool try_push(std::uint64_t value) {
    for (std::size_t at = tail_.load(std::memory_order_relaxed);;) {
      cell& here = cells_[at % cells_.size()];
      const std::size_t turn = here.turn.load(std::memory_order_acquire);
      if (turn == at && tail_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
        here.value = value;
        here.turn.store(at + 1, std::memory_order_release);
        return true;
      }
      if (turn < at) {
        return false;
      }
      if (turn > at) {
        at = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  bool try_pop(std::uint64_t& value) {
    cell& here = cells_[head_ % cells_.size()];
    if (here.turn.load(std::memory_order_acquire) != head_ + 1) {
      return false;
    }
    value = here.value;
    here.turn.store(head_ + cells_.size(), std::memory_order_release);
    ++head_;
    return true;
  }

 private:
  struct cell {
    std::atomic<std::size_t> turn;
    std::uint64_t value = 0;
  };
  std::vector<cell> cells_;
  std::atomic<std::size_t> tail_{0};
  std::size_t head_ = 0;  // the receiver's alone
};

// ---- What you write.

#include "plumbline/oracle/export_plugin.hpp"

namespace oracle = plumbline::oracle;

struct ring_adapter {
  // `full` may be spurious: a sender that is overtaken between its two loads compares a cell with a place long gone.
  static constexpr oracle::contract promises{.empty = oracle::emptiness::head_of_line,
                                             .full = oracle::fullness::spurious,
                                             .disconnect = oracle::disconnection::none};
  static constexpr oracle::capacities sizes{.smallest = 2, .largest = 1024};

  ring_adapter(oracle::capacity capacity, std::uint32_t /*senders*/) : ring_(*capacity) {}

  oracle::attempt try_send(std::uint32_t /*sender*/, std::uint64_t value) {
    return ring_.try_push(value) ? oracle::outcome::ok : oracle::outcome::full;
  }
  oracle::attempt try_recv() {
    std::uint64_t value = 0;
    return ring_.try_pop(value) ? oracle::received(value) : oracle::outcome::empty;
  }

  ring ring_;
};

PLUMBLINE_EXPORT_CHANNELS(oracle::plugin_of<ring_adapter>("ring", "1.0"));

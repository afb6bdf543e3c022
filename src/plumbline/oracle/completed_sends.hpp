#pragma once

#include <cstddef>
#include <cstdint>

#include "plumbline/oracle/in_flight.hpp"
#include "plumbline/oracle/ring.hpp"

namespace plumbline::oracle {

// Sends that have ended, and whose values are inside, in the order of their ends. Those that have been received since
// are forgotten when they get in the way, so that there are never many more than are inside.
class completed_sends {
 public:
  struct entry {
    std::uint64_t value = 0;
    std::uint64_t end = 0;
  };

  std::size_t inside() const noexcept { return inside_; }

  void add(const seen& send) {
    all_.push_back({send.op.value, send.op.end});
    ++inside_;
  }

  // One of them was received, and is in flight no more.
  void one_was_received() noexcept { --inside_; }

  // The one that ended first; null if there is none.
  const entry* oldest(in_flight& sent) {
    while (all_.size() > inside_ && !is_inside(all_.front(), sent)) {
      all_.pop_front();
    }
    if (all_.size() > 2 * inside_ + 64) {
      forget_what_was_received(sent);
    }
    return inside_ == 0 ? nullptr : &all_.front();
  }

  // Whether that is true of one that ended at `instant` or later.
  template <class Predicate>
  bool any_since(std::uint64_t instant, in_flight& sent, Predicate predicate) const {
    for (std::size_t i = all_.size(); i > 0 && all_[i - 1].end >= instant; --i) {
      if (is_inside(all_[i - 1], sent) && predicate(*sent.find(all_[i - 1].value))) {
        return true;
      }
    }
    return false;
  }

 private:
  static bool is_inside(const entry& e, in_flight& sent) noexcept {
    const seen* const there = sent.find(e.value);
    return there != nullptr && there->op.end == e.end;
  }

  void forget_what_was_received(in_flight& sent) {
    ring<entry> kept;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (is_inside(all_[i], sent)) {
        kept.push_back(all_[i]);
      }
    }
    all_ = std::move(kept);
  }

  ring<entry> all_;
  std::size_t inside_ = 0;
};

}  // namespace plumbline::oracle

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// An operation and its place in the history: the number of operations that began before it was listed.
struct seen {
  static constexpr std::size_t nowhere = ~std::size_t{0};

  operation op;
  std::size_t index = nowhere;

  bool is_there() const noexcept { return index != nowhere; }
};

// The sends whose values are not received yet, by value: a hash table with linear probing that moves what is behind an
// erased entry up, so that it stays as small as what is in flight, however long the run.
class in_flight {
 public:
  in_flight() : slots_(16) {}

  std::size_t size() const noexcept { return size_; }

  // None if there is no such value. Valid until the next insert or erase.
  seen* find(std::uint64_t value) noexcept {
    for (std::size_t at = home(value);; at = after(at)) {
      if (!slots_[at].is_there()) {
        return nullptr;
      }
      if (slots_[at].op.value == value) {
        return &slots_[at];
      }
    }
  }

  // False, and nothing done, if the value is there already.
  bool insert(const seen& send) {
    if (2 * (size_ + 1) > slots_.size()) {
      grow();
    }
    std::size_t at = home(send.op.value);
    while (slots_[at].is_there()) {
      if (slots_[at].op.value == send.op.value) {
        return false;
      }
      at = after(at);
    }
    slots_[at] = send;
    ++size_;
    return true;
  }

  // `entry` is what find() returned.
  void erase(const seen* entry) noexcept {
    auto hole = static_cast<std::size_t>(entry - slots_.data());
    for (std::size_t at = after(hole); slots_[at].is_there(); at = after(at)) {
      // An entry may move up only as far as its home.
      const std::size_t from_home = (at - home(slots_[at].op.value)) & mask();
      if (from_home >= ((at - hole) & mask())) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole].index = seen::nowhere;
    --size_;
  }

  template <class Visitor>
  void for_each(Visitor visit) const {
    for (const seen& slot : slots_) {
      if (slot.is_there()) {
        visit(slot);
      }
    }
  }

 private:
  std::size_t mask() const noexcept { return slots_.size() - 1; }
  std::size_t after(std::size_t at) const noexcept { return (at + 1) & mask(); }
  // Fibonacci hashing: the top bits of the product depend on all bits of the value.
  std::size_t home(std::uint64_t value) const noexcept {
    return static_cast<std::size_t>((value * 0x9E3779B97F4A7C15U) >> (64 - std::countr_zero(slots_.size())));
  }

  void grow() {
    const std::vector<seen> old = std::exchange(slots_, std::vector<seen>(slots_.size() * 2));
    size_ = 0;
    for (const seen& slot : old) {
      if (slot.is_there()) {
        insert(slot);
      }
    }
  }

  std::vector<seen> slots_;
  std::size_t size_ = 0;
};

}  // namespace plumbline::oracle

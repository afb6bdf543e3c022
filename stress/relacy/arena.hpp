#pragma once
// Where the memory and the objects of one execution live: never used twice within it, so that addresses are the same
// each time, and a use after the end is noticed.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

#include "world.hpp"

namespace plumbline::stress {

// A limit of this file was reached, which says nothing about the explored program.
[[noreturn]] inline void give_up(const char* why) {
  std::fprintf(stderr, "plumbline_relacy: %s; the limits are in stress/relacy/arena.hpp\n", why);
  std::_Exit(3);
}

// The explored program's memory. Nothing is used twice within an execution, so addresses are the same each time, and
// whatever is freed twice, or not at all, is noticed.
class arena {
 public:
  void reset() { used_ = live_ = 0; }
  bool contains(const void* p) const { return p >= memory_.data() && p < memory_.data() + memory_.size(); }
  std::size_t live() const { return live_; }

  void* allocate(std::size_t size) {
    const std::size_t whole = sizeof(block) + (size + sizeof(block) - 1) / sizeof(block) * sizeof(block);
    if (whole > memory_.size() - used_) {
      give_up("an execution used too much memory");
    }
    auto* const head = ::new (memory_.data() + used_) block{true};
    used_ += whole;
    ++live_;
    return head + 1;
  }

  bool release(void* p) {
    --live_;
    return std::exchange((static_cast<block*>(p) - 1)->live, false);
  }

 private:
  struct alignas(std::max_align_t) block {
    bool live;
  };
  alignas(std::max_align_t) std::array<unsigned char, std::size_t{1} << 20> memory_;
  std::size_t used_ = 0;
  std::size_t live_ = 0;
};

// An object of Relacy's in a place of its own. It is destroyed when the core destroys its object, but the place stays,
// so that a use after that is seen here, and is not a crash.
template <class T>
class slot {
 public:
  template <class... Arguments>
  void make(Arguments&&... arguments) {
    ::new (&memory_) T(std::forward<Arguments>(arguments)...);
    live_ = true;
  }
  void unmake() {
    live_ = false;
    get().~T();
  }
  bool live() const { return live_; }
  T& get() { return *std::launder(reinterpret_cast<T*>(&memory_)); }
  void forget() { live_ = false; }

 private:
  alignas(T) std::array<unsigned char, sizeof(T)> memory_;
  bool live_ = false;
};

constexpr std::size_t most_objects = 128;  // of a kind, in one execution

template <class T>
class slots {
 public:
  template <class... Arguments>
  world::id make(Arguments&&... arguments) {
    if (used_ == slots_.size()) {
      give_up("an execution made too many objects");
    }
    slots_[used_].make(std::forward<Arguments>(arguments)...);
    return world::id(used_++);
  }
  // The object, or null if it is gone, or `which` never was one's number (it may be read from memory that is gone).
  T* find(world::id which) {
    const auto at = std::to_underlying(which);
    return at < used_ && slots_[at].live() ? &slots_[at].get() : nullptr;
  }
  void unmake(world::id which) { slots_[std::to_underlying(which)].unmake(); }
  void reset() {
    std::for_each_n(slots_.begin(), used_, [](slot<T>& one) { one.forget(); });
    used_ = 0;
  }

 private:
  std::array<slot<T>, most_objects> slots_;
  std::uint32_t used_ = 0;
};

}  // namespace plumbline::stress

#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace plumbline::oracle {

// A queue in one block of memory, which grows when it is full and is never given back.
template <class T>
class ring {
 public:
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T& operator[](std::size_t i) noexcept { return slots_[(first_ + i) & mask_]; }
  const T& operator[](std::size_t i) const noexcept { return slots_[(first_ + i) & mask_]; }
  T& front() noexcept { return (*this)[0]; }
  const T& front() const noexcept { return (*this)[0]; }

  void push_back(const T& added) { grow() = added; }

  // Adds one at the back, as whatever was in its place before.
  T& grow() {
    if (size_ == slots_.size()) {
      std::vector<T> larger(size_ == 0 ? 4 : 2 * size_);
      for (std::size_t i = 0; i < size_; ++i) {
        larger[i] = std::move((*this)[i]);
      }
      slots_ = std::move(larger);
      mask_ = slots_.size() - 1;
      first_ = 0;
    }
    ++size_;
    return (*this)[size_ - 1];
  }

  void pop_front() noexcept {
    first_ = (first_ + 1) & mask_;
    --size_;
  }

 private:
  std::vector<T> slots_;  // their number is none or a power of two
  std::size_t mask_ = 0;  // kept, since to divide by the size of a T costs more than all the rest
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace plumbline::oracle

#pragma once
// A payload that notices what is done to it: how LIFETIME is checked. An adapter of a channel that is a template over
// its payload sends tracked instead of std::uint64_t; nothing else changes.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace plumbline::oracle {

// Counts what becomes of the values of one program: each is made once, and must be destroyed once.
class ledger {
 public:
  static constexpr std::size_t most_values = 256;  // values are 0 … most_values-1; greater ones are counted only in all

  void made(std::uint64_t value) noexcept;
  void destroyed(std::uint64_t value) noexcept;
  void object_made() noexcept { objects_.fetch_add(1, std::memory_order_relaxed); }
  void object_destroyed() noexcept { objects_.fetch_sub(1, std::memory_order_relaxed); }
  void object_destroyed_twice() noexcept { twice_.fetch_add(1, std::memory_order_relaxed); }

  // Forgets everything. No tracked object may be left, and nobody else may be counting.
  void clear() noexcept;

  // Whether anything was counted at all: a channel that does not carry tracked payloads never does.
  bool used() const noexcept { return used_.load(std::memory_order_relaxed); }

  // What is wrong, in one sentence, once every value must be gone (the receiver was dropped, or the channel); empty if
  // nothing is. `objects` adds that no object is left at all, not even one without a value (the channel is gone).
  std::string fault(bool objects) const;

  // Where the tracked objects that this thread makes from now on are counted; null: nowhere.
  static void use_on_this_thread(ledger*) noexcept;
  static ledger* of_this_thread() noexcept;

 private:
  // Relaxed everywhere: the counts are read only after the threads that counted have been waited for.
  std::array<std::atomic<std::int32_t>, most_values> alive_{};
  std::array<std::atomic<std::int32_t>, most_values> too_often_{};
  std::atomic<std::int64_t> objects_{0};
  std::atomic<std::int64_t> twice_{0};
  std::atomic<bool> used_{false};
};

// A move-only value. An object that was moved from, or made by default, holds none.
class tracked {
 public:
  tracked() noexcept { begin(ledger::of_this_thread()); }
  explicit tracked(std::uint64_t value) noexcept : value_(value), holds_(true) {
    begin(ledger::of_this_thread());
    if (ledger_ != nullptr) {
      ledger_->made(value);
    }
  }
  tracked(tracked&& other) noexcept : value_(other.value_), holds_(std::exchange(other.holds_, false)) {
    begin(other.ledger_);
  }
  tracked& operator=(tracked&& other) noexcept {
    if (this != &other) {
      end_value();
      value_ = other.value_;
      holds_ = std::exchange(other.holds_, false);
    }
    return *this;
  }
  tracked(const tracked&) = delete;
  tracked& operator=(const tracked&) = delete;
  ~tracked();

  // The value; a number that nobody sends if there is none (it was moved from).
  std::uint64_t value() const noexcept { return holds_ ? value_ : nothing; }
  static constexpr std::uint64_t nothing = ~std::uint64_t{0};

 private:
  enum class life : std::uint32_t { alive = 0xA11FE, dead = 0xDEAD };

  void begin(ledger* counted_by) noexcept {
    ledger_ = counted_by;
    if (ledger_ != nullptr) {
      ledger_->object_made();
    }
  }
  void end_value() noexcept {
    if (holds_ && ledger_ != nullptr) {
      ledger_->destroyed(value_);
    }
    holds_ = false;
  }

  std::uint64_t value_ = nothing;
  ledger* ledger_ = nullptr;
  bool holds_ = false;
  volatile life life_ = life::alive;  // volatile: the write of the destructor would be dead otherwise, and is the point
};

}  // namespace plumbline::oracle

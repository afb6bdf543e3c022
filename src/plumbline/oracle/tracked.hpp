#pragma once
// Payloads that notice what is done to them: how LIFETIME is checked. An adapter of a channel that is a template over
// its payload is one, too, and sends Payload(value) instead of the value; nothing else changes. payload.hpp says what
// each of these types is after.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "plumbline/oracle/payload.hpp"

namespace plumbline::oracle {

// Counts what becomes of the values of one program: each is made once, and must be destroyed once. It also says what
// the payload of the program does.
class ledger {
 public:
  // Values are 0 … most_values-1; greater ones are counted only in all.
  static constexpr std::size_t most_values = 4096;

  void made(std::uint64_t value) noexcept;
  void destroyed(std::uint64_t value) noexcept;
  void object_made() noexcept { objects_.fetch_add(1, std::memory_order_relaxed); }
  void object_destroyed() noexcept { objects_.fetch_sub(1, std::memory_order_relaxed); }
  void object_destroyed_twice() noexcept { twice_.fetch_add(1, std::memory_order_relaxed); }
  // An object of a type with that alignment is at this address: notes it if it must not be.
  void object_is_at(const void* address, std::size_t alignment) noexcept;
  void torn(std::uint64_t value) noexcept { torn_.store(value, std::memory_order_relaxed); }

  // Whether the value was made and not destroyed yet.
  bool is_alive(std::uint64_t value) const noexcept;

  // Forgets everything. No tracked object may be left, and nobody else may be counting.
  void clear() noexcept;

  // What the payloads do from now on. `when_destroyed` is called once, on the thread that destroys the value `held`, in
  // the midst of that. Call both while nobody counts, but stop_calling() at any time.
  void carry(payload one) noexcept { slow_ = one == payload::slow; }
  void call_when_destroyed(std::uint64_t held, std::function<void()> when_destroyed);
  void stop_calling() noexcept { held_.store(nobody, std::memory_order_relaxed); }
  bool makes_moves_slow() const noexcept { return slow_; }
  bool lets_this_move_throw() noexcept { return moves_.fetch_add(1, std::memory_order_relaxed) % 5 == 4; }

  // Whether anything was counted at all: a channel that does not carry tracked payloads never does.
  bool used() const noexcept { return used_.load(std::memory_order_relaxed); }

  // What is wrong, in one sentence, once every value must be gone (the receiver was dropped, or the channel); empty if
  // nothing is. `objects` adds that no object is left at all, not even one without a value (the channel is gone).
  std::string fault(bool objects) const;
  // A value that was not whole when it was looked at.
  std::optional<std::uint64_t> torn_value() const noexcept;

  // Where the tracked objects that this thread makes from now on are counted; null: nowhere.
  static void use_on_this_thread(ledger*) noexcept;
  static ledger* of_this_thread() noexcept;

 private:
  // Relaxed everywhere: the counts are read only after the threads that counted have been waited for.
  static constexpr std::uint64_t nobody = ~std::uint64_t{0};
  void note(std::uint64_t value) noexcept;

  std::array<std::atomic<std::int32_t>, most_values> alive_{};
  std::array<std::atomic<std::int32_t>, most_values> too_often_{};
  std::atomic<std::int64_t> objects_{0};
  std::atomic<std::int64_t> twice_{0};
  std::atomic<std::uint64_t> highest_{0};  // value that was made or destroyed: what is above needs no clearing
  std::atomic<std::uint64_t> torn_{nobody};
  std::atomic<std::size_t> misplaced_{0};  // the alignment that an object's address lacked
  std::atomic<std::uint32_t> moves_{0};
  std::atomic<bool> used_{false};

  bool slow_ = false;
  std::atomic<std::uint64_t> held_{nobody};
  std::function<void()> when_destroyed_;
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
  tracked(tracked&& other) noexcept {
    begin(other.ledger_);
    take_from(other);
  }
  tracked& operator=(tracked&& other) noexcept {
    if (this != &other) {
      end_value();
      take_from(other);
    }
    return *this;
  }
  tracked(const tracked&) = delete;
  tracked& operator=(const tracked&) = delete;
  ~tracked();

  // The value; a number that nobody sends if there is none (it was moved from).
  std::uint64_t value() const noexcept { return holds_ ? value_ : nothing; }
  static constexpr std::uint64_t nothing = ~std::uint64_t{0};

  // Where it is counted; null: nowhere.
  ledger* counted_by() const noexcept { return ledger_; }

 private:
  enum class life : std::uint32_t { alive = 0xA11FE, dead = 0xDEAD };

  void begin(ledger* counted_by) noexcept {
    ledger_ = counted_by;
    if (ledger_ != nullptr) {
      ledger_->object_made();
    }
  }
  void take_from(tracked& other) noexcept {
    const std::uint64_t value = other.value_;
    const bool holds = other.holds_;
    if (ledger_ != nullptr && ledger_->makes_moves_slow()) {
      linger();  // who looks at either object now must not, and sees it
    }
    value_ = value;
    holds_ = holds;
    other.holds_ = false;
  }
  void end_value() noexcept {
    if (std::exchange(holds_, false) && ledger_ != nullptr) {
      ledger_->destroyed(value_);
    }
  }
  static void linger() noexcept;

  std::uint64_t value_ = nothing;
  ledger* ledger_ = nullptr;
  bool holds_ = false;
  volatile life life_ = life::alive;  // volatile: the write of the destructor would be dead otherwise, and is the point
};

// What a channel may treat in a way of its own: it is copied as bytes, and needs no destructor.
class bare_number {
 public:
  bare_number() noexcept = default;
  explicit bare_number(std::uint64_t value) noexcept : value_(value) {}

  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = tracked::nothing;
};

// 1 KiB of words that all say the value.
class large_tracked {
 public:
  large_tracked() noexcept = default;
  explicit large_tracked(std::uint64_t value) noexcept : counted_(value) { words_.fill(value); }
  // (One half of the words, the count, the other half: what is torn is so in the midst.)
  large_tracked(large_tracked&& other) noexcept { take_from(other); }
  large_tracked& operator=(large_tracked&& other) noexcept {
    if (this != &other) {
      take_from(other);
    }
    return *this;
  }
  large_tracked(const large_tracked&) = delete;
  large_tracked& operator=(const large_tracked&) = delete;
  ~large_tracked() = default;

  std::uint64_t value() const noexcept;  // as of tracked; notes it if the words do not all agree

 private:
  static constexpr std::size_t half = 64;
  void take_from(large_tracked& other) noexcept;

  tracked counted_;
  std::array<std::uint64_t, 2 * half> words_{};
};

// More aligned than what `new` returns for most types, and than a line of the cache.
class alignas(128) aligned_tracked {
 public:
  aligned_tracked() noexcept { look(); }
  explicit aligned_tracked(std::uint64_t value) noexcept : counted_(value) { look(); }
  aligned_tracked(aligned_tracked&& other) noexcept : counted_(std::move(other.counted_)) { look(); }
  aligned_tracked& operator=(aligned_tracked&&) noexcept = default;
  aligned_tracked(const aligned_tracked&) = delete;
  aligned_tracked& operator=(const aligned_tracked&) = delete;
  ~aligned_tracked() = default;

  std::uint64_t value() const noexcept { return counted_.value(); }

 private:
  void look() const noexcept {
    if (ledger* const counts = counted_.counted_by()) {
      counts->object_is_at(this, alignof(aligned_tracked));
    }
  }

  tracked counted_;
};

// What a move of throwing_tracked throws. Who was to be moved still has its value.
class payload_threw : public std::exception {
 public:
  explicit payload_threw(std::uint64_t value) noexcept : value_(value) {}
  std::uint64_t value() const noexcept { return value_; }
  const char* what() const noexcept override { return "the move of a payload threw, as it may"; }

 private:
  std::uint64_t value_;
};

// Every fifth move of a program throws.
class throwing_tracked {
 public:
  throwing_tracked() noexcept = default;
  explicit throwing_tracked(std::uint64_t value) noexcept : counted_(value) {}
  throwing_tracked(throwing_tracked&& other) noexcept(false)
      : counted_((other.throw_now_and_then(), std::move(other.counted_))) {}
  throwing_tracked& operator=(throwing_tracked&& other) noexcept(false) {
    other.throw_now_and_then();
    counted_ = std::move(other.counted_);
    return *this;
  }
  throwing_tracked(const throwing_tracked&) = delete;
  throwing_tracked& operator=(const throwing_tracked&) = delete;
  ~throwing_tracked() = default;

  std::uint64_t value() const noexcept { return counted_.value(); }

 private:
  void throw_now_and_then() const {
    ledger* const counts = counted_.counted_by();
    if (counts != nullptr && value() != tracked::nothing && counts->lets_this_move_throw()) {
      throw payload_threw(value());
    }
  }

  tracked counted_;
};

}  // namespace plumbline::oracle

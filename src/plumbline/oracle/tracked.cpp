#include "plumbline/oracle/tracked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace plumbline::oracle {
namespace {

thread_local ledger* ledger_of_this_thread = nullptr;

}  // namespace

void ledger::use_on_this_thread(ledger* counts) noexcept { ledger_of_this_thread = counts; }

ledger* ledger::of_this_thread() noexcept { return ledger_of_this_thread; }

void ledger::made(std::uint64_t value) noexcept {
  used_.store(true, std::memory_order_relaxed);
  if (value < most_values) {
    note(value);
    alive_[value].fetch_add(1, std::memory_order_relaxed);
  }
}

void ledger::destroyed(std::uint64_t value) noexcept {
  if (value < most_values) {
    note(value);
    if (alive_[value].fetch_sub(1, std::memory_order_relaxed) <= 0) {
      too_often_[value].fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (value == held_.load(std::memory_order_relaxed) &&
      value == held_.exchange(nobody, std::memory_order_relaxed)) {  // one of them, if it is destroyed twice
    when_destroyed_();
  }
}

void ledger::note(std::uint64_t value) noexcept {
  for (std::uint64_t before = highest_.load(std::memory_order_relaxed);
       before < value && !highest_.compare_exchange_weak(before, value, std::memory_order_relaxed);) {
  }
}

void ledger::object_is_at(const void* address, std::size_t alignment) noexcept {
  // Not in the header, where the compiler may take it for granted that the address is right.
  if (reinterpret_cast<std::uintptr_t>(address) % alignment != 0) {
    misplaced_.store(alignment, std::memory_order_relaxed);
  }
}

bool ledger::is_alive(std::uint64_t value) const noexcept {
  return value < most_values && alive_[value].load(std::memory_order_relaxed) > 0;
}

void ledger::call_when_destroyed(std::uint64_t held, std::function<void()> when_destroyed) {
  when_destroyed_ = std::move(when_destroyed);
  held_.store(held, std::memory_order_relaxed);
}

void ledger::clear() noexcept {
  slow_ = false;
  stop_calling();
  objects_.store(0, std::memory_order_relaxed);
  if (!used()) {
    return;
  }
  const std::uint64_t end = highest_.exchange(0, std::memory_order_relaxed) + 1;
  for (std::size_t value = 0; value < end; ++value) {
    alive_[value].store(0, std::memory_order_relaxed);
    too_often_[value].store(0, std::memory_order_relaxed);
  }
  twice_.store(0, std::memory_order_relaxed);
  torn_.store(nobody, std::memory_order_relaxed);
  misplaced_.store(0, std::memory_order_relaxed);
  moves_.store(0, std::memory_order_relaxed);
  used_.store(false, std::memory_order_relaxed);
}

std::string ledger::fault(bool objects) const {
  if (!used()) {
    return {};
  }
  if (const std::size_t alignment = misplaced_.load(std::memory_order_relaxed); alignment > 0) {
    return fmt::format("a payload object was made at an address that is no multiple of {}, its alignment", alignment);
  }
  const std::uint64_t end = highest_.load(std::memory_order_relaxed) + 1;
  for (std::size_t value = 0; value < end; ++value) {
    if (too_often_[value].load(std::memory_order_relaxed) > 0) {
      return fmt::format("value {} was destroyed more than once", value);
    }
  }
  if (const std::int64_t twice = twice_.load(std::memory_order_relaxed); twice > 0) {
    return fmt::format("{} of the payload's destructor ran on an object that was already destroyed",
                       twice == 1 ? "one call" : fmt::format("{} calls", twice));
  }
  for (std::size_t value = 0; value < end; ++value) {
    if (alive_[value].load(std::memory_order_relaxed) > 0) {
      return fmt::format("value {} was never destroyed, although {} gone", value,
                         objects ? "the channel is" : "it was not received and the receiver is");
    }
  }
  if (const std::int64_t left = objects_.load(std::memory_order_relaxed); objects && left != 0) {
    return left > 0 ? fmt::format("{} payload objects were never destroyed, although the channel is gone", left)
                    : fmt::format("{} payload objects were destroyed more often than made", -left);
  }
  return {};
}

std::optional<std::uint64_t> ledger::torn_value() const noexcept {
  const std::uint64_t value = torn_.load(std::memory_order_relaxed);
  return value == nobody ? std::nullopt : std::optional(value);
}

// Now and then, and then long enough for others to do something, on this processor or on theirs.
void tracked::linger() noexcept {
  thread_local unsigned moves = 0;
  if (++moves % 4 != 0) {
    return;
  }
  std::this_thread::yield();
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(10);
  while (std::chrono::steady_clock::now() < until) {
  }
}

std::uint64_t large_tracked::value() const noexcept {
  const std::uint64_t value = counted_.value();
  if (value == tracked::nothing) {
    return value;
  }
  ledger* const counts = counted_.counted_by();
  if (counts != nullptr && std::ranges::any_of(words_, [value](std::uint64_t word) { return word != value; })) {
    counts->torn(value);
  }
  return value;
}

void large_tracked::take_from(large_tracked& other) noexcept {
  std::copy_n(other.words_.begin(), half, words_.begin());
  counted_ = std::move(other.counted_);
  std::copy_n(other.words_.begin() + half, half, words_.begin() + half);
}

tracked::~tracked() {
  if (life_ == life::dead) {  // read after its life on purpose: it finds, with luck, what a sanitizer finds for sure
    if (ledger_ != nullptr) {
      ledger_->object_destroyed_twice();
    }
    return;
  }
  end_value();
  if (ledger_ != nullptr) {
    ledger_->object_destroyed();
  }
  life_ = life::dead;
}

}  // namespace plumbline::oracle

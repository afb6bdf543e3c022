#include "plumbline/oracle/tracked.hpp"

#include <fmt/format.h>

namespace plumbline::oracle {
namespace {

thread_local ledger* ledger_of_this_thread = nullptr;

}  // namespace

void ledger::use_on_this_thread(ledger* counts) noexcept { ledger_of_this_thread = counts; }

ledger* ledger::of_this_thread() noexcept { return ledger_of_this_thread; }

void ledger::made(std::uint64_t value) noexcept {
  used_.store(true, std::memory_order_relaxed);
  if (value < most_values) {
    alive_[value].fetch_add(1, std::memory_order_relaxed);
  }
}

void ledger::destroyed(std::uint64_t value) noexcept {
  if (value < most_values && alive_[value].fetch_sub(1, std::memory_order_relaxed) <= 0) {
    too_often_[value].fetch_add(1, std::memory_order_relaxed);
  }
}

void ledger::clear() noexcept {
  if (!used()) {
    objects_.store(0, std::memory_order_relaxed);
    return;
  }
  for (std::size_t value = 0; value < most_values; ++value) {
    alive_[value].store(0, std::memory_order_relaxed);
    too_often_[value].store(0, std::memory_order_relaxed);
  }
  objects_.store(0, std::memory_order_relaxed);
  twice_.store(0, std::memory_order_relaxed);
  used_.store(false, std::memory_order_relaxed);
}

std::string ledger::fault(bool objects) const {
  if (!used()) {
    return {};
  }
  for (std::size_t value = 0; value < most_values; ++value) {
    if (too_often_[value].load(std::memory_order_relaxed) > 0) {
      return fmt::format("value {} was destroyed more than once", value);
    }
  }
  if (const std::int64_t twice = twice_.load(std::memory_order_relaxed); twice > 0) {
    return fmt::format("{} of the payload's destructor ran on an object that was already destroyed",
                       twice == 1 ? "one call" : fmt::format("{} calls", twice));
  }
  for (std::size_t value = 0; value < most_values; ++value) {
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

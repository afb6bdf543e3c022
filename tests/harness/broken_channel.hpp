#pragma once
// A plain channel, one mutex and one deque, that can be told to have one of the bugs that real channels had. It shares
// no code with the reference. Without a fault it keeps the whole contract: a check that finds something in it is wrong.

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "plumbline/oracle/adapter.hpp"

namespace broken {

using namespace plumbline::oracle;

enum class fault {
  none,
  loses_tail_at_close,       // looks whether the senders are gone before it looks for a value
  stays_with_one_sender,     // a receive takes the oldest value of the sender whose value it took last, if there is one
  lifo_under_contention,     // a sender that had to wait for the mutex puts its value in front
  empty_under_contention,    // try_recv says `empty` (recv_for: `timeout`) if it does not get the mutex at once
  sends_wake_nobody,         // a send does not wake the receiver
  silent_last_drop,          // the last sender's drop wakes nobody
  wakes_one_sender_at_drop,  // the receiver's drop wakes one of the senders that wait
  duplicates_after_wait,     // a receive that had to wait leaves the value where it is if there is another one
  one_too_many,              // capacity + 1 fit
  gives_up_early,            // recv_for waits for half of its patience
  empty_for_ever,            // try_recv does not look whether the senders are gone
  accepts_after_drop,        // try_send does not look whether the receiver is gone
  full_while_a_sender_waits,  // try_send says `full` if somebody waits for room, though there is some
  returns_another_value,      // a send that fails gives back another value than it was given
  swaps_at_a_blocks_border,   // as a list of blocks for 32 values might: the first value of a block comes before the
                              // last of the one before it
  counts_in_six_bits,         // so it is never full if its capacity is 64
  throws,                     // try_recv throws
  crashes,                    // try_recv writes to address 0 once a value was received
};

template <fault Fault>
class channel {
 public:
  static constexpr contract promises{};
  static constexpr capacities sizes{.unbounded = true, .smallest = 1, .largest = capacities::any};

  channel(capacity places, std::uint32_t senders) : capacity_(places), senders_(senders) {}

  attempt send(std::uint32_t sender, std::uint64_t value) { return put(sender, value, std::nullopt); }
  attempt try_send(std::uint32_t sender, std::uint64_t value) {
    return put(sender, value, std::chrono::nanoseconds(0));
  }

  attempt recv() { return take(std::nullopt); }
  attempt try_recv() {
    if (Fault == fault::throws) {
      throw std::runtime_error("the channel is not in the mood");
    }
    if (Fault == fault::crashes && received_ > 0) {
      volatile int* volatile nowhere = nullptr;
      *nowhere = 1;
    }
    const attempt said = take(std::chrono::nanoseconds(0));
    return said.result == outcome::timeout ? outcome::empty : said;
  }
  attempt recv_for(std::chrono::nanoseconds patience) {
    return take(Fault == fault::gives_up_early ? patience / 2 : patience);
  }

  void clone(std::uint32_t, std::uint32_t) {
    const std::scoped_lock lock(mutex_);
    ++senders_;
  }
  void drop_sender(std::uint32_t) {
    const std::scoped_lock lock(mutex_);
    if (--senders_ == 0 && Fault != fault::silent_last_drop) {
      not_empty_.notify_all();
    }
  }
  void drop_receiver() {
    const std::scoped_lock lock(mutex_);
    receiver_alive_ = false;
    values_.clear();
    if (Fault == fault::wakes_one_sender_at_drop) {
      not_full_.notify_one();
    } else {
      not_full_.notify_all();
    }
  }

 private:
  // Says `full` for a patience of 0.
  attempt put(std::uint32_t sender, std::uint64_t value, std::optional<std::chrono::nanoseconds> patience) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    const bool contended = !lock.owns_lock();
    if (contended) {
      lock.lock();
    }
    if (!receiver_alive_ && !(Fault == fault::accepts_after_drop && patience)) {
      return refused(outcome::disconnected, Fault == fault::returns_another_value ? value + 1 : value);
    }
    if (patience && (!room() || (Fault == fault::full_while_a_sender_waits && waiting_senders_ > 0))) {
      return refused(outcome::full, value);
    }
    ++waiting_senders_;
    not_full_.wait(lock, [&] { return !receiver_alive_ || room(); });
    --waiting_senders_;
    if (!receiver_alive_ && !(Fault == fault::accepts_after_drop && patience)) {
      return refused(outcome::disconnected, value);
    }
    if (Fault == fault::swaps_at_a_blocks_border && ++put_ % 33 == 0 && !values_.empty()) {
      values_.insert(values_.end() - 1, {sender, value});
    } else if (Fault == fault::lifo_under_contention && contended) {
      values_.push_front({sender, value});
    } else {
      values_.push_back({sender, value});
    }
    if (Fault != fault::sends_wake_nobody) {
      not_empty_.notify_one();
    }
    if (Fault == fault::lifo_under_contention || Fault == fault::empty_under_contention) {
      linger();
    }
    return outcome::ok;
  }

  // Says `timeout` when the patience has run out.
  attempt take(std::optional<std::chrono::nanoseconds> patience) {
    std::unique_lock lock(mutex_, std::defer_lock);
    if (Fault == fault::empty_under_contention && patience == std::chrono::nanoseconds(0)) {
      if (!lock.try_lock()) {
        return outcome::timeout;
      }
    } else {
      lock.lock();
    }
    const bool had_to_wait = values_.empty();
    const auto ready = [&] { return !values_.empty() || senders_ == 0; };
    if (!patience) {
      not_empty_.wait(lock, ready);
    } else if (!not_empty_.wait_for(lock, *patience, ready)) {
      return outcome::timeout;
    }
    if (Fault == fault::empty_for_ever && patience == std::chrono::nanoseconds(0) && values_.empty()) {
      return outcome::timeout;
    }
    if (values_.empty() || (Fault == fault::loses_tail_at_close && senders_ == 0)) {
      return outcome::disconnected;
    }
    auto taken = values_.begin();
    if (Fault == fault::stays_with_one_sender) {
      const auto same = std::find_if(taken, values_.end(), [&](const auto& one) { return one.first == last_sender_; });
      taken = same == values_.end() ? taken : same;
      last_sender_ = taken->first;
    }
    const std::uint64_t value = taken->second;
    ++received_;
    if (!(Fault == fault::duplicates_after_wait && had_to_wait && values_.size() > 1)) {
      values_.erase(taken);
    }
    not_full_.notify_all();
    return received(value);
  }

  // A mutex that is free again at once is rarely seen taken.
  static void linger() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
    while (std::chrono::steady_clock::now() < until) {
    }
  }

  bool room() const {
    const std::size_t size = Fault == fault::counts_in_six_bits ? values_.size() % 64 : values_.size();
    return !capacity_ || size < *capacity_ + (Fault == fault::one_too_many ? 1U : 0U);
  }

  const capacity capacity_;
  std::mutex mutex_;
  std::deque<std::pair<std::uint32_t, std::uint64_t>> values_;  // with their senders
  std::uint32_t last_sender_ = 0;
  std::uint32_t senders_;
  std::uint32_t waiting_senders_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t put_ = 0;
  bool receiver_alive_ = true;
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
};

}  // namespace broken

#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "plumbline/detail/core.hpp"
#include "plumbline/detail/deadline.hpp"
#include "plumbline/detail/message.hpp"
#include "plumbline/detail/parcel.hpp"
#include "plumbline/detail/require.hpp"
#include "plumbline/detail/std_sync.hpp"
#include "plumbline/error.hpp"

namespace plumbline {

template <class T, detail::sync_policy Sync>
class endpoints;

// The receiving end of a channel.
//
// Requires   T nothrow move-constructible and nothrow destructible; nothing else.
// Threads    One user at a time, which may be another thread each time. A second thread that calls while the first one
//            waits is a bug of the caller, and stops the program with a sentence on stderr.
// Handles    Move-only. A moved-from or dropped receiver is no longer valid(): calling any other operation on it is
//            a bug of the caller, and stops the program with a sentence on stderr.
// Ordering   What a thread wrote before a send is visible to the thread whose receive returns that value; what a
//            thread wrote before it dropped the last sender is visible after a receive said `disconnected`.
template <class T, detail::sync_policy Sync = detail::std_sync>
class receiver {
  using core = detail::core<T, Sync>;
  using clock = typename Sync::clock;

 public:
  template <auto Take>
  class iterator;
  template <auto Take>
  class range;

  receiver(receiver&&) noexcept = default;
  receiver& operator=(receiver&& other) noexcept {
    receiver(std::move(other)).swap(*this);  // the channel held until now is dropped with the temporary
    return *this;
  }
  receiver(const receiver&) = delete;
  receiver& operator=(const receiver&) = delete;
  ~receiver() { drop(); }

  // Receives the oldest value.
  // Blocks     while nothing is buffered and a sender is left.
  // Wakes      one sender that waits for room, if the channel was full; with capacity 0 the one whose value this is.
  // Error      disconnected: every sender is gone, and every value sent has been received (RECV-DISCONNECTED, NO-LOSS).
  [[nodiscard]] std::expected<T, recv_error> recv() {
    return recv_until_deadline(core::for_ever, recv_error::disconnected);
  }

  // Receives the oldest value if there is one now; with capacity 0: if a sender waits with one.
  // Blocks     never.
  // Wakes      as recv() does.
  // Error      empty: nothing was there at an instant of the call, but a sender is left (EMPTY-HONEST); disconnected.
  [[nodiscard]] std::expected<T, try_recv_error> try_recv() {
    return recv_until_deadline(core::now_or_never, try_recv_error::empty);
  }

  // Receives the oldest value, and waits for one no longer than `patience`, on the steady clock. A patience of zero or
  // less still takes what is there; one that the clock cannot count (duration::max()) waits for ever.
  // Blocks     as recv() does, until the deadline.
  // Wakes      as recv() does.
  // Error      timeout: not before the deadline, and nothing was taken (TIMEOUT-CLEAN); disconnected, promptly.
  template <class Rep, class Period>
  [[nodiscard]] std::expected<T, recv_timeout_error> recv_for(std::chrono::duration<Rep, Period> patience) {
    return recv_until_deadline(detail::deadline_after<clock>(patience), recv_timeout_error::timeout);
  }

  // The same with a deadline, an instant of the steady clock.
  template <class Duration>
  [[nodiscard]] std::expected<T, recv_timeout_error> recv_until(std::chrono::time_point<clock, Duration> deadline) {
    return recv_until_deadline(detail::saturated<typename clock::time_point>(deadline), recv_timeout_error::timeout);
  }

  // for (auto&& value : rx): receives until the channel is disconnected and drained. Starting and stepping block as
  // recv() does. Leaving the loop early leaves the rest where it is. One iteration at a time.
  [[nodiscard]] auto begin() { return iterator<&receiver::recv>(*this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

  // for (auto&& value : rx.drain()): receives what is there, by try_recv(), until nothing is. Does not wait, and can
  // be done again. Senders that keep pace with it keep it going.
  [[nodiscard]] auto drain() noexcept { return range<&receiver::try_recv>(*this); }

  // Gives the receiver up; does nothing when it is no longer valid. Destroys what is buffered, now and on this thread
  // (LIFETIME); every send fails from now on and gives its value back. Blocks never.
  // Wakes      every sender that waits (WAKE-SEND).
  void drop() noexcept {
    if (const std::shared_ptr<core> mine = std::move(core_)) {
      mine->drop_receiver();
    }
  }

  // Whether this is an end of a channel: not moved from, not dropped.
  [[nodiscard]] bool valid() const noexcept { return core_ != nullptr; }

  // Observers: true at one instant of the call, and perhaps no longer when it returns. (But values leave only by this
  // receiver: as long as nobody uses it, what is not empty stays so.)
  // Values buffered; with capacity 0 none, ever.
  [[nodiscard]] std::size_t size() const noexcept { return used_core().size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  // Whether the buffer has no place left; with capacity 0 always, if unbounded never.
  [[nodiscard]] bool full() const noexcept { return size() >= used_core().capacity(); }
  // The most values that are buffered; none if unbounded.
  [[nodiscard]] std::optional<std::size_t> capacity() const noexcept {
    const std::size_t places = used_core().capacity();
    return places == core::unbounded ? std::nullopt : std::optional(places);
  }

  void swap(receiver& other) noexcept { core_.swap(other.core_); }

 private:
  friend class endpoints<T, Sync>;

  explicit receiver(std::shared_ptr<core> shared) noexcept : core_(std::move(shared)) { detail::require_message<T>(); }

  core& used_core() const noexcept {
    detail::require(valid(), "a receiver that was moved from or dropped is not used");
    return *core_;
  }

  template <class Error>
  std::expected<T, Error> recv_until_deadline(typename clock::time_point deadline, Error gave_up) {
    std::optional<detail::parcel<T>> taken;
    const detail::outcome outcome = used_core().recv(taken, deadline);
    if (outcome == detail::outcome::done) {
      return std::move(*taken).unwrap();
    }
    return std::unexpected(outcome == detail::outcome::disconnected ? Error::disconnected : gave_up);
  }

  std::shared_ptr<core> core_;  // null: moved from or dropped
};

// A single-pass iterator over what `Take`, recv or try_recv, returns; at its end as soon as that returns no value.
template <class T, detail::sync_policy Sync>
template <auto Take>
class receiver<T, Sync>::iterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  explicit iterator(receiver& from) : from_(&from) { ++*this; }
  iterator(iterator&&) noexcept = default;
  iterator& operator=(iterator&& other) noexcept {  // written out, for T need not be assignable
    if (this != &other) {
      from_ = other.from_;
      current_.reset();
      if (other.current_) {
        current_.emplace(std::move(*other.current_));
      }
    }
    return *this;
  }
  iterator(const iterator&) = delete;
  iterator& operator=(const iterator&) = delete;
  ~iterator() = default;

  T& operator*() const noexcept { return *current_; }

  iterator& operator++() {
    current_.reset();  // first: the next value may be long in coming, and this one is done with
    if (auto next = (from_->*Take)()) {
      current_.emplace(std::move(*next));
    }
    return *this;
  }
  void operator++(int) { ++*this; }

  friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept { return !at.current_; }

 private:
  receiver* from_;
  mutable std::optional<T> current_;  // mutable: the element is not the iterator's own state, it passes through
};

template <class T, detail::sync_policy Sync>
template <auto Take>
class receiver<T, Sync>::range {
 public:
  explicit range(receiver& from) noexcept : from_(&from) {}
  [[nodiscard]] auto begin() const { return iterator<Take>(*from_); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

 private:
  receiver* from_;
};

}  // namespace plumbline

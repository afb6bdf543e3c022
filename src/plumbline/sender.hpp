#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
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

// The sending end of a channel.
//
// Requires   T nothrow move-constructible and nothrow destructible; nothing else.
// Threads    All operations are const, and safe from many threads on one sender. Moving, assigning and dropping a
//            sender are not: nobody may be using it then. Another way is a clone per thread.
// Handles    Move-only; clone() makes another sender of the same channel. The channel is disconnected for its receiver
//            when the last sender has been dropped. A moved-from or dropped sender is no longer valid(): calling any
//            other operation on it is a bug of the caller, and stops the program with a sentence on stderr.
// Failure    An operation that fails gives the value back in its error, as it came. Only the allocation of
//            memory for it may throw (std::bad_alloc, before anything has changed; the value is gone with it).
// Ordering   What a thread wrote before a send is visible to the thread whose receive returns that value. With
//            capacity 0 or N, what was written before the receive that made room is visible after the send.
template <class T, detail::sync_policy Sync = detail::std_sync>
class sender {
  using core = detail::core<T, Sync>;
  using clock = typename Sync::clock;

 public:
  sender(sender&&) noexcept = default;
  sender& operator=(sender&& other) noexcept {
    sender(std::move(other)).swap(*this);  // the channel held until now is dropped with the temporary
    return *this;
  }
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;
  ~sender() { drop(); }

  // Sends a value: it is received after every value whose send ended before this one began (FIFO, SENDER-ORDER).
  // Blocks     while the channel is full; with capacity 0, until a receiver takes the value. Never if unbounded.
  // Wakes      the receiver, if it waits; and, if room is left, the next sender that waits for it.
  // Error      disconnected: the receiver is gone (SEND-DISCONNECTED).
  [[nodiscard]] std::expected<void, send_error<T>> send(T value) const {
    return send_until_deadline(std::move(value), core::for_ever, send_failure::disconnected);
  }

  // Sends a value if that is possible now.
  // Blocks     never.
  // Wakes      the receiver, if it waits; and, if room is left, the next sender that waits for it.
  // Error      full: there was no room at an instant of the call, with capacity 0: no receiver that waited
  //            (FULL-HONEST); disconnected: the receiver is gone, which is said even if the channel was full.
  [[nodiscard]] std::expected<void, try_send_error<T>> try_send(T value) const {
    return send_until_deadline(std::move(value), core::now_or_never, try_send_failure::full);
  }

  // Sends a value, and waits for room no longer than `patience`, on the steady clock. A patience of zero or less still
  // sends if that is possible now; one that the clock cannot count (duration::max()) waits for ever.
  // Blocks     as send() does, until the deadline.
  // Wakes      the receiver, if it waits; and, if room is left, the next sender that waits for it.
  // Error      timeout: not before the deadline, and nobody will receive the value (TIMEOUT-CLEAN); disconnected.
  template <class Rep, class Period>
  [[nodiscard]] std::expected<void, send_timeout_error<T>> send_for(T value,
                                                                    std::chrono::duration<Rep, Period> patience) const {
    return send_until_deadline(std::move(value), detail::deadline_after<clock>(patience),
                               send_timeout_failure::timeout);
  }

  // The same with a deadline, an instant of the steady clock.
  template <class Duration>
  [[nodiscard]] std::expected<void, send_timeout_error<T>> send_until(
      T value, std::chrono::time_point<clock, Duration> deadline) const {
    return send_until_deadline(std::move(value), detail::saturated<typename clock::time_point>(deadline),
                               send_timeout_failure::timeout);
  }

  // Another sender of this channel, on a par with this one. Blocks never, wakes nobody. Works, too, when the receiver
  // is gone.
  [[nodiscard]] sender clone() const {
    used_core().add_sender();
    return sender(core_);
  }

  // Gives this sender up; does nothing when it is no longer valid. The last one disconnects the channel: what is
  // buffered is still received, then receives report `disconnected`. Blocks never.
  // Wakes      the receiver, if this was the last sender (WAKE-RECV).
  void drop() noexcept {
    if (const std::shared_ptr<core> mine = std::move(core_)) {
      mine->drop_sender();
    }
  }

  // Whether this is an end of a channel: not moved from, not dropped.
  [[nodiscard]] bool valid() const noexcept { return core_ != nullptr; }

  // Observers: true at one instant of the call, and perhaps no longer when it returns.
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

  void swap(sender& other) noexcept { core_.swap(other.core_); }

 private:
  friend class endpoints<T, Sync>;

  explicit sender(std::shared_ptr<core> shared) noexcept : core_(std::move(shared)) { detail::require_message<T>(); }

  core& used_core() const noexcept {
    detail::require(valid(), "a sender that was moved from or dropped is not used");
    return *core_;
  }

  template <class Failure>
  std::expected<void, unsent<T, Failure>> send_until_deadline(T&& value, typename clock::time_point deadline,
                                                              Failure gave_up) const {
    core& channel = used_core();
    detail::parcel<T> mine(std::move(value));
    const detail::outcome outcome = channel.send(mine, deadline);
    if (outcome == detail::outcome::done) {
      return {};
    }
    return std::unexpected(unsent<T, Failure>{
        std::move(mine).unwrap(), outcome == detail::outcome::disconnected ? Failure::disconnected : gave_up});
  }

  std::shared_ptr<core> core_;  // null: moved from or dropped
};

}  // namespace plumbline

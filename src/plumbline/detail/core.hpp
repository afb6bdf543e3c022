#pragma once
// The reference channel itself: one mutex, one queue, a condition variable per reason to wait.
// Specified by spec/Channel.tla (the promise) and spec/MutexChannel.tla (this algorithm); the rules in capitals are
// those of docs/contract.md. A comment [spec: Name] names the action of MutexChannel.tla that the line carries out.
//
// How a value travels: the sender wraps it before it takes the mutex; under the mutex the parcel is moved into the
// queue, and out of it; the receiver unwraps it after it has released the mutex. So no code of T runs while the mutex
// is held. (A destructor may use the channel.)

#include <algorithm>
#include <cstddef>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "plumbline/detail/parcel.hpp"
#include "plumbline/detail/require.hpp"
#include "plumbline/detail/sync.hpp"
#include "plumbline/detail/thread_annotations.hpp"

namespace plumbline::detail {

// What came of an operation. `gave_up`: the deadline had passed and there was no room (no value). Whether a caller
// hears `full`, `empty` or `timeout` then depends on what it called, and is the handles' affair.
enum class outcome { done, gave_up, disconnected };

template <class T, sync_policy Sync>
class core {
  using mutex = typename Sync::mutex;
  using lock = typename Sync::lock;
  using condition_variable = typename Sync::condition_variable;
  template <class V>
  using shared = typename Sync::template shared<V>;

  // Capacity 0: how a receiver tells a blocked sender that it has taken the sender's value. Belongs to both, for either
  // may be through with it first; `taken` is guarded by the mutex.
  struct offer {
    bool taken = false;
    condition_variable answered;  // the sender waits here: for its value to be taken, for the receiver to go
  };

  struct message {
    parcel<T> value;
    std::shared_ptr<offer> from;  // capacity 0: whom to tell when this is taken; null: nobody waits for that
  };
  using messages = std::deque<message>;

 public:
  using time_point = typename Sync::clock::time_point;
  static constexpr time_point now_or_never = time_point::min();  // a deadline: do not wait
  static constexpr time_point for_ever = time_point::max();      // a deadline: wait as long as it takes
  static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

  explicit core(std::size_t capacity) : capacity_(capacity) {}  // std::bad_alloc

  // Puts `mine` into the queue; leaves it as it was unless that succeeds. std::bad_alloc: and nothing has changed.
  // Blocks until there is room, the receiver is gone, or `deadline` has passed; in this order of precedence, first
  // comes `disconnected` and last the clock (SEND-DISCONNECTED, CAPACITY, TIMEOUT-CLEAN). Wakes the receiver, if it
  // waits, and if room is left the next sender that waits for it: a receive wakes only the first one (WAKE-SEND).
  outcome send(parcel<T>& mine, time_point deadline) PLUMBLINE_EXCLUDES(mutex_) {
    bool receiver_waits = false;
    bool room_is_left = false;
    {
      const lock holding(mutex_);
      while (receiver_alive_() && !room()) {
        if (!may_wait(deadline)) {
          return outcome::gave_up;  // [spec: SendGivesUp]
        }
        if (capacity_ == 0) {
          return send_offer(mine, deadline);
        }
        sleep(not_full_, deadline);  // [spec: SendWaits]
      }
      if (!receiver_alive_()) {
        return outcome::disconnected;  // [spec: SendFails]
      }
      store(mine);  // [spec: SendStores]
      receiver_waits = receiver_waiting_();
      room_is_left = capacity_ != unbounded && room();  // unbounded: nobody waits for it
    }
    if (receiver_waits) {
      not_empty_.notify_one();  // there is only one
    }
    if (room_is_left) {
      not_full_.notify_one();  // the next sender, if one waits
    }
    return outcome::done;
  }

  // Takes the oldest value into `taken`.
  // Blocks until there is a value, the last sender is gone, or `deadline` has passed; a value comes before
  // `disconnected` (NO-LOSS), and both before the clock (TIMEOUT-CLEAN). Wakes one sender: the one whose value it
  // took (capacity 0), or, if the channel was full, the first one that waits for room. If it was not, somebody has
  // been woken already, by the receive since which it is not full, or by a send since then.
  outcome recv(std::optional<parcel<T>>& taken, time_point deadline) noexcept PLUMBLINE_EXCLUDES(mutex_) {
    std::shared_ptr<offer> from;
    bool was_full = false;
    {
      const lock holding(mutex_);
      require(!receiver_waiting_(), "a receiver is used by one thread at a time");
      while (queue_().empty() && senders_() > 0) {
        if (!may_wait(deadline)) {
          return outcome::gave_up;  // [spec: RecvGivesUp]
        }
        receiver_waiting_() = true;
        sleep(not_empty_, deadline);  // [spec: RecvWaits]
        receiver_waiting_() = false;
      }
      if (queue_().empty()) {
        return outcome::disconnected;  // [spec: RecvFails]
      }
      was_full = !room();
      message& oldest = queue_().front();  // [spec: RecvTakes]
      taken.emplace(std::move(oldest.value));
      from = std::move(oldest.from);
      queue_().pop_front();
      if (from) {
        from->taken = true;
      }
    }
    if (from) {
      from->answered.notify_one();  // its sender
    } else if (was_full) {
      not_full_.notify_one();  // one sender, who wakes the next if there is more room by then
    }
    return outcome::done;
  }

  // One more sender. [spec: Clone]
  void add_sender() noexcept PLUMBLINE_EXCLUDES(mutex_) {
    const lock holding(mutex_);
    ++senders_();
  }

  // One sender less; the last one wakes the receiver, who may wait for a value that now never comes (WAKE-RECV).
  void drop_sender() noexcept PLUMBLINE_EXCLUDES(mutex_) {
    {
      const lock holding(mutex_);
      if (--senders_() > 0) {  // [spec: DropSender]
        return;
      }
    }
    not_empty_.notify_one();
  }

  // The receiver goes. Every sender that waits fails now and keeps its value (WAKE-SEND); what is buffered is
  // destroyed here, after the mutex was released (LIFETIME). [spec: DropReceiver]
  void drop_receiver() noexcept PLUMBLINE_EXCLUDES(mutex_) {
    {
      const lock holding(mutex_);
      require(!receiver_waiting_(), "a receiver is not dropped during its own recv");
      receiver_alive_() = false;
      if (capacity_ != 0) {
        discarded_->swap(queue_());
      }
      for (const message& offered : queue_()) {  // capacity 0: the value is still its sender's, who takes it back
        offered.from->answered.notify_one();
      }
    }
    not_full_.notify_all();  // all: each of them has to learn it
    discarded_.reset();
  }

  // How many values are buffered, at one instant of the call. With capacity 0 always none: an offer is not stored.
  std::size_t size() noexcept PLUMBLINE_EXCLUDES(mutex_) {
    const lock holding(mutex_);
    return capacity_ == 0 ? 0 : queue_().size();
  }

  std::size_t capacity() const noexcept { return capacity_; }

 private:
  // Whether a value may be put into the queue now. With capacity 0: for a receiver that waits, and has no value yet.
  bool room() noexcept PLUMBLINE_REQUIRES(mutex_) {
    return queue_().size() < (capacity_ == 0 ? std::size_t{receiver_waiting_()} : capacity_);
  }

  // Puts `mine` at the end of the queue. Who fails to may be the one that was woken for the room there is, so it wakes
  // the next sender in its stead.
  void store(parcel<T>& mine) PLUMBLINE_REQUIRES(mutex_) {
    try {
      queue_().emplace_back(std::move(mine), nullptr);  // which has its memory before it moves anything
    } catch (...) {
      not_full_.notify_one();
      throw;
    }
  }

  // Capacity 0, and no receiver waits: offers the value, and waits until it is taken. An offer that is given up is
  // withdrawn, so no later receiver sees it (TIMEOUT-CLEAN). Wakes nobody: a receiver that waited would be room.
  outcome send_offer(parcel<T>& mine, time_point deadline) PLUMBLINE_REQUIRES(mutex_) {
    const auto offered = std::make_shared<offer>();
    queue_().emplace_back(std::move(mine), offered);  // [spec: SendOffers]
    while (!offered->taken && receiver_alive_() && may_wait(deadline)) {
      sleep(offered->answered, deadline);  // [spec: OfferWaits]
    }
    if (offered->taken) {
      return outcome::done;  // [spec: OfferTaken]
    }
    const auto place = std::ranges::find(queue_(), offered, &message::from);
    mine = std::move(place->value);
    queue_().erase(place);  // [spec: OfferWithdrawn]
    return receiver_alive_() ? outcome::gave_up : outcome::disconnected;
  }

  // Whether `deadline` still lies ahead. Asked only after the condition was found false, so what is there wins over
  // the clock, and nothing depends on what a condition variable says about why it woke.
  static bool may_wait(time_point deadline) noexcept {
    return deadline == for_ever || (deadline != now_or_never && Sync::clock::now() < deadline);
  }

  // Releases the mutex and sleeps until notified, until `deadline`, or for no reason; holds the mutex again then.
  void sleep(condition_variable& wakes, time_point deadline) noexcept PLUMBLINE_REQUIRES(mutex_) {
    if (deadline == for_ever) {
      wakes.wait(mutex_);
    } else {
      wakes.wait_until(mutex_, deadline);
    }
  }

  // Whoever has the mutex uses what it guards next, so that begins on the same cache line, whatever lies before it.
  static constexpr std::size_t cache_line = 64;
  alignas(cache_line) mutex mutex_;
  shared<std::size_t> senders_ PLUMBLINE_GUARDED_BY(mutex_){1};
  shared<bool> receiver_alive_ PLUMBLINE_GUARDED_BY(mutex_){true};
  shared<bool> receiver_waiting_ PLUMBLINE_GUARDED_BY(mutex_){false};  // it sleeps on not_empty_, or was just woken
  shared<messages> queue_ PLUMBLINE_GUARDED_BY(mutex_);  // oldest first; capacity 0: values on offer, oldest first
  condition_variable not_empty_;  // the receiver waits here: for a value, for the last sender to go
  condition_variable not_full_;   // senders wait here: for room, for the receiver to go (capacity > 0)
  const std::size_t capacity_;
  // Of the receiver's drop, which must not fail: even an empty deque needs memory.
  std::optional<messages> discarded_{std::in_place};
};

}  // namespace plumbline::detail

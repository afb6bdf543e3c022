// Boost.Fiber's buffered_channel, used from plain threads: each of them is the main fiber of a scheduler of its own, so
// a fiber that waits is a thread that waits.
//
// What its documentation ("Buffered Channel", "MPMC queue") promises: push waits for room, pop for a value, the try_
// and _wait_for forms say `full`, `empty`, `timeout`. close() ends it for both sides: "no values can be put", and pop
// returns `closed` once nothing is left. Who closes is the users' affair: here it is the last sender, and the receiver,
// which takes out what is left as well. The buffer's length is a power of two, and one place of it is never used: so a
// channel for n values is made with the next power of two above n, and may hold more than n (capacity = at-least).

#include <atomic>
#include <bit>
#include <boost/fiber/buffered_channel.hpp>
#include <boost/fiber/channel_op_status.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/registry.hpp"

namespace {

using namespace plumbline::oracle;
using boost::fibers::channel_op_status;

template <class Payload>
class boost_fiber_channel {
 public:
  static constexpr contract promises{.capacity = bound::at_least};
  static constexpr capacities sizes{.smallest = 1, .largest = std::size_t{1} << 20U};  // it is allocated at once

  boost_fiber_channel(capacity places, std::uint32_t senders)
      : channel_(std::bit_ceil(places.value() + 1)), senders_(senders) {}

  attempt send(std::uint32_t, std::uint64_t value) {
    return sent(value, [this](Payload& carried) { return channel_.push(std::move(carried)); });
  }
  attempt try_send(std::uint32_t, std::uint64_t value) {
    return sent(value, [this](Payload& carried) { return channel_.try_push(std::move(carried)); });
  }
  attempt recv() {
    Payload carried;
    return taken(channel_.pop(carried), carried);
  }
  attempt try_recv() {
    Payload carried;
    return taken(channel_.try_pop(carried), carried);
  }
  attempt recv_for(std::chrono::nanoseconds patience) {
    Payload carried;
    return taken(channel_.pop_wait_for(carried, patience), carried);
  }
  void clone(std::uint32_t, std::uint32_t) { senders_.fetch_add(1); }
  void drop_sender(std::uint32_t) {
    if (senders_.fetch_sub(1) == 1) {
      channel_.close();
    }
  }
  void drop_receiver() {
    channel_.close();
    // One object for each: what is assigned to is destroyed under the channel's lock, which a destructor must not need.
    for (auto said = channel_op_status::success; said == channel_op_status::success;) {
      Payload left;
      said = channel_.try_pop(left);
    }
  }

 protected:
  static outcome outcome_of(channel_op_status said) {
    switch (said) {
      case channel_op_status::success:
        return outcome::ok;
      case channel_op_status::empty:
        return outcome::empty;
      case channel_op_status::full:
        return outcome::full;
      case channel_op_status::closed:
        return outcome::disconnected;
      case channel_op_status::timeout:
        return outcome::timeout;
    }
    return outcome::pending;
  }
  // Who is refused still has the value.
  template <class Push>
  static attempt sent(std::uint64_t value, Push push) {
    Payload carried(value);
    const channel_op_status said = push(carried);
    return said == channel_op_status::success ? attempt(outcome::ok) : refused(outcome_of(said), carried.value());
  }
  static attempt taken(channel_op_status said, const Payload& carried) {
    return said == channel_op_status::success ? received(carried.value()) : attempt(outcome_of(said));
  }

  boost::fibers::buffered_channel<Payload> channel_;
  std::atomic<std::uint32_t> senders_;
};

// The same with push_wait_for: in Boost 1.74 one that is woken because there is room, but gets its turn on the
// processor only when its time is up, says `timeout`, leaves the room unused and wakes nobody in its place. It is held
// to WAKE-SEND all the same, and breaks it; boost-fiber itself is judged without that operation.
template <class Payload>
class boost_fiber_push_wait_for : public boost_fiber_channel<Payload> {
  using base = boost_fiber_channel<Payload>;

 public:
  using base::base;

  attempt send_for(std::uint32_t, std::uint64_t value, std::chrono::nanoseconds patience) {
    return base::sent(value,
                      [&](Payload& carried) { return this->channel_.push_wait_for(std::move(carried), patience); });
  }
};

const registered_channel registered(describe<boost_fiber_channel>("boost-fiber", PLUMBLINE_CHANNEL_VERSION));
const registered_channel with_push_wait_for(describe<boost_fiber_push_wait_for>("boost-fiber-push-wait-for",
                                                                                PLUMBLINE_CHANNEL_VERSION));

}  // namespace

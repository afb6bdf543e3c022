// oneTBB's concurrent_bounded_queue.
//
// What its documentation promises: first in, first out, for the values that one thread pushes (and one thread pops);
// nothing is said of values of different threads. push waits for room, pop waits for a value; the try_ forms say
// whether they could. There is no notion of disconnection.

#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/version.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/registry.hpp"

namespace {

using namespace plumbline::oracle;

template <class Payload>
class tbb_queue {
 public:
  static constexpr contract promises{.order = order::per_sender, .disconnect = disconnection::none};
  static constexpr capacities sizes{
      .unbounded = true, .smallest = 1, .largest = std::size_t{std::numeric_limits<std::ptrdiff_t>::max()}};
  // Its documentation does not say what becomes of it if a move throws in push. In 2021.8, with a bound, the next push
  // waits for the place of that value, and try_pop for the value of that push.
  static constexpr payload_set only_if_asked = payload::throwing;

  tbb_queue(capacity places, std::uint32_t) {
    if (places) {
      queue_.set_capacity(static_cast<std::ptrdiff_t>(*places));
    }
  }

  attempt send(std::uint32_t, std::uint64_t value) {
    queue_.push(Payload(value));
    return outcome::ok;
  }
  attempt try_send(std::uint32_t, std::uint64_t value) {
    return queue_.try_push(Payload(value)) ? outcome::ok : outcome::full;
  }
  attempt recv() {
    Payload value;
    queue_.pop(value);
    return received(value.value());
  }
  attempt try_recv() {
    Payload value;
    return queue_.try_pop(value) ? received(value.value()) : outcome::empty;
  }

 private:
  tbb::concurrent_bounded_queue<Payload> queue_;
};

const registered_channel registered(describe<tbb_queue>("tbb", TBB_VERSION_STRING));

}  // namespace

// moodycamel::BlockingConcurrentQueue, with a producer token for each sender.
//
// What its documentation promises: values of one producer arrive in order; among producers there is no order. It also
// says that a try_dequeue may find the queue empty although it is not, if an enqueue is under way ("eventually
// consistent"). It has no bound by default, and no notion of disconnection.

#include <concurrentqueue/blockingconcurrentqueue.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/registry.hpp"

namespace {

using namespace plumbline::oracle;

template <class Payload>
class moodycamel_queue {
 public:
  static constexpr contract promises{.order = order::per_sender,
                                     .empty = emptiness::weak,
                                     .capacity = bound::unbounded,
                                     .disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true};
  // In 1.0.3, if the constructor of the first value of a block throws in enqueue, the queue's destructor destroys as
  // many objects as a block has, none of which was made.
  static constexpr payload_set only_if_asked = payload::throwing;

  moodycamel_queue(capacity, std::uint32_t senders) {
    for (std::uint32_t sender = 0; sender < senders; ++sender) {
      tokens_.push_back(std::make_unique<moodycamel::ProducerToken>(queue_));
    }
  }

  attempt send(std::uint32_t sender, std::uint64_t value) {
    if (!queue_.enqueue(*tokens_[sender], Payload(value))) {
      throw std::bad_alloc();  // its only reason to fail
    }
    return outcome::ok;
  }
  attempt recv() {
    Payload value;
    queue_.wait_dequeue(consumer_, value);
    return received(value.value());
  }
  attempt try_recv() {
    Payload value;
    return queue_.try_dequeue(consumer_, value) ? received(value.value()) : outcome::empty;
  }
  attempt recv_for(std::chrono::nanoseconds patience) {
    Payload value;
    // Counts in whole microseconds: rounded up, for a receive is never early.
    const auto microseconds = std::chrono::ceil<std::chrono::microseconds>(patience);
    return queue_.wait_dequeue_timed(consumer_, value, microseconds) ? received(value.value()) : outcome::timeout;
  }

 private:
  moodycamel::BlockingConcurrentQueue<Payload> queue_;
  std::vector<std::unique_ptr<moodycamel::ProducerToken>> tokens_;
  moodycamel::ConsumerToken consumer_{queue_};
};

const registered_channel registered(describe<moodycamel_queue>("moodycamel", PLUMBLINE_CHANNEL_VERSION));

}  // namespace

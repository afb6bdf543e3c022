// liburcu's wfcqueue: a linked queue with wait-free enqueue, and one user at a time who dequeues. Two channels, for it
// has two ways to dequeue: urcu-wfcqueue is __cds_wfcq_dequeue_blocking, urcu-wfcqueue-nonblocking is its other form.
//
// What its documentation (urcu/wfcqueue.h) promises: the exchange of the tail is where an enqueue takes effect, whoever
// enqueues, so it is one FIFO. dequeue_blocking returns NULL if the queue is empty, and waits for an enqueue that has
// taken effect and has not linked its node yet; it does not wait for a value, so it is a try_recv. dequeue_nonblocking
// returns WOULDBLOCK then, which a user who does not wait can only take for `empty`: not only if the node that it wants
// is missing, but also if that one is the last that is linked, and the next is being linked (empty = weak). There is no
// bound and no notion of disconnection.

#include <urcu/wfcqueue.h>

#include <cstdint>
#include <memory>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/registry.hpp"
#include "plumbline/oracle/tracked.hpp"

namespace {

using namespace plumbline::oracle;

template <bool Waits>
class urcu_queue {
 public:
  static constexpr contract promises{.empty = Waits ? emptiness::honest : emptiness::weak,
                                     .capacity = bound::unbounded,
                                     .disconnect = disconnection::none};
  static constexpr capacities sizes{.unbounded = true};

  urcu_queue(capacity, std::uint32_t) { __cds_wfcq_init(&head_, &tail_); }
  urcu_queue(const urcu_queue&) = delete;
  urcu_queue& operator=(const urcu_queue&) = delete;
  ~urcu_queue() {
    while (cds_wfcq_node* const left = __cds_wfcq_dequeue_blocking(head(), &tail_)) {
      delete static_cast<node*>(left);
    }
  }

  attempt send(std::uint32_t, std::uint64_t value) {
    cds_wfcq_enqueue(head(), &tail_, new node(value));
    return outcome::ok;  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the queue has the node
  }
  attempt try_recv() {
    cds_wfcq_node* const first =
        Waits ? __cds_wfcq_dequeue_blocking(head(), &tail_) : __cds_wfcq_dequeue_nonblocking(head(), &tail_);
    if (first == nullptr || first == CDS_WFCQ_WOULDBLOCK) {
      return outcome::empty;
    }
    const std::unique_ptr<node> taken(static_cast<node*>(first));
    return received(taken->payload.value());
  }

 private:
  struct node : cds_wfcq_node {
    explicit node(std::uint64_t value) : cds_wfcq_node{}, payload(value) { cds_wfcq_node_init(this); }
    tracked payload;
  };

  // A transparent union, which C++ does not convert to.
  cds_wfcq_head_ptr_t head() noexcept { return {._h = &head_}; }

  __cds_wfcq_head head_{};
  cds_wfcq_tail tail_{};
};

const registered_channel waiting(describe<urcu_queue<true>>("urcu-wfcqueue", PLUMBLINE_CHANNEL_VERSION));
const registered_channel nonblocking(describe<urcu_queue<false>>("urcu-wfcqueue-nonblocking",
                                                                 PLUMBLINE_CHANNEL_VERSION));

}  // namespace

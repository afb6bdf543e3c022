#include "random_history.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "build_history.hpp"

namespace plumbline::oracle::test {
namespace {

// Runs threads at random against a queue. A thread does nothing, or has begun an operation, or its operation has taken
// effect and will end.
class run {
 public:
  run(random_source& random, const history_shape& shape) : random_(random), shape_(shape) {
    const std::size_t capacity = below(random, 5);
    if (capacity < 4) {
      made_.capacity = capacity == 3 ? 1 : capacity;
    }
    made_.senders = static_cast<std::uint32_t>(1 + below(random, 2));
    senders_ = made_.senders;
    for (std::uint32_t handle = 0; handle < made_.senders; ++handle) {
      alive_.push_back(handle);
    }
    threads_.resize(shape.sender_threads + 1);
  }

  history record() {
    for (std::size_t steps = 0; steps < shape_.operations * 6; ++steps) {
      const std::size_t t = below(random_, threads_.size());
      thread& mine = threads_[t];
      ++now_;
      if (!mine.at) {
        if (made_.operations.size() < shape_.operations) {
          begin(t);
        }
      } else if (!mine.effect_done) {
        take_effect(t);
      } else if (below(random_, 3) != 0) {
        operation& o = made_.operations[*mine.at];
        o.end = now_;
        o.result = mine.result;
        if (o.kind == operation_kind::clone) {
          alive_.push_back(static_cast<std::uint32_t>(o.value));
        }
        if (is_recv(o.kind)) {
          o.value = mine.value;
        }
        mine = {};
      }
    }
    for (operation& o : made_.operations) {
      if (o.end == operation::never && !is_send(o.kind)) {
        o.value = 0;
      }
    }
    return made_;
  }

 private:
  struct thread {
    std::optional<std::size_t> at = {};
    bool effect_done = false;
    outcome result = outcome::ok;
    std::uint64_t value = 0;
  };

  bool full() const { return made_.capacity && queue_.size() >= *made_.capacity; }

  void begin(std::size_t t) {
    operation o{.thread = static_cast<std::uint32_t>(t), .begin = now_};
    const std::size_t draw = below(random_, 12);
    if (t == 0) {
      if (receiver_used_up_) {
        return;
      }
      o.kind = draw < 5    ? operation_kind::recv
               : draw < 9  ? operation_kind::try_recv
               : draw < 11 ? operation_kind::recv_for
                           : operation_kind::drop_receiver;
      receiver_used_up_ = o.kind == operation_kind::drop_receiver;
    } else {
      if (alive_.empty()) {
        return;
      }
      o.handle = alive_[below(random_, alive_.size())];
      o.kind = draw < 5    ? operation_kind::send
               : draw < 7  ? operation_kind::try_send
               : draw < 9  ? operation_kind::send_for
               : draw < 10 ? operation_kind::clone
                           : operation_kind::drop_sender;
      if (o.kind == operation_kind::drop_sender) {
        if (std::ranges::any_of(threads_, [&](const thread& other) {
              return other.at && !is_receiver_operation(made_.operations[*other.at].kind) &&
                     made_.operations[*other.at].handle == o.handle;
            })) {
          return;
        }
        std::erase(alive_, o.handle);
      }
      if (o.kind == operation_kind::clone) {
        o.value = next_handle_++;
      }
      if (is_send(o.kind)) {
        o.value = ++last_value_;
      }
    }
    threads_[t].at = made_.operations.size();
    made_.operations.push_back(o);
  }

  void decide(thread& mine, outcome result) {
    mine.effect_done = true;
    mine.result = result;
  }

  void take_effect(std::size_t t) {
    thread& mine = threads_[t];
    const operation& o = made_.operations[*mine.at];
    switch (o.kind) {
      case operation_kind::send:
      case operation_kind::try_send:
      case operation_kind::send_for:
        if (receiver_gone_) {
          decide(mine, outcome::disconnected);
        } else if (!full()) {
          queue_.push_back(o.value);
          decide(mine, outcome::ok);
        } else if (o.kind == operation_kind::try_send) {
          decide(mine, outcome::full);
        } else if (made_.capacity == 0 && waiting_receive()) {
          thread& receiver = threads_[0];
          receiver.value = o.value;
          decide(receiver, outcome::ok);
          decide(mine, outcome::ok);
        } else if (o.kind == operation_kind::send_for && below(random_, 2) == 0) {
          decide(mine, outcome::timeout);
        }
        return;
      case operation_kind::recv:
      case operation_kind::try_recv:
      case operation_kind::recv_for:
        if (!queue_.empty()) {
          mine.value = queue_.front();
          queue_.pop_front();
          decide(mine, outcome::ok);
        } else if (senders_ == 0) {
          decide(mine, outcome::disconnected);
        } else if (o.kind == operation_kind::try_recv) {
          decide(mine, outcome::empty);
        } else if (o.kind == operation_kind::recv_for && below(random_, 2) == 0) {
          decide(mine, outcome::timeout);
        }
        return;
      case operation_kind::clone:
        ++senders_;
        return decide(mine, outcome::ok);
      case operation_kind::drop_sender:
        --senders_;
        return decide(mine, outcome::ok);
      case operation_kind::drop_receiver:
        receiver_gone_ = true;
        queue_.clear();
        return decide(mine, outcome::ok);
    }
  }

  bool waiting_receive() const {
    const thread& receiver = threads_[0];
    return receiver.at && !receiver.effect_done && is_recv(made_.operations[*receiver.at].kind);
  }

  random_source& random_;
  const history_shape shape_;
  history made_;
  std::deque<std::uint64_t> queue_;
  std::size_t senders_ = 0;
  bool receiver_gone_ = false;
  bool receiver_used_up_ = false;
  std::vector<std::uint32_t> alive_;
  std::uint32_t next_handle_ = 10;
  std::uint64_t last_value_ = 0;
  std::uint64_t now_ = 0;
  std::vector<thread> threads_;
};

outcome random_outcome(random_source& random, operation_kind kind) {
  constexpr outcome all[] = {outcome::ok, outcome::full, outcome::empty, outcome::timeout, outcome::disconnected};
  outcome result = all[below(random, std::size(all))];
  while (!can_end_with(kind, result)) {
    result = all[below(random, std::size(all))];
  }
  return result;
}

void change(random_source& random, history& h) {
  operation& o = h.operations[below(random, h.operations.size())];
  switch (below(random, 8)) {
    case 0:
      if (o.result != outcome::pending) {
        o.result = random_outcome(random, o.kind);
      }
      return;
    case 1:
    case 2: {  // two receives swap their values, or one gets the value of a send
      operation& other = h.operations[below(random, h.operations.size())];
      if (is_recv(o.kind) && o.result == outcome::ok) {
        if (is_recv(other.kind) && other.result == outcome::ok) {
          std::swap(o.value, other.value);
        } else if (is_send(other.kind)) {
          o.value = other.value;
        }
      }
      return;
    }
    case 3:
      if (o.end != operation::never) {
        o.end = o.begin + below(random, o.end - o.begin + 3);
      }
      return;
    case 4:
      if (o.end != operation::never) {
        o.begin = o.end - std::min<std::uint64_t>(o.end, below(random, o.end - o.begin + 3));
      }
      return;
    case 5:
      h.promised = {.order = static_cast<order>(below(random, 3)),
                    .empty = static_cast<emptiness>(below(random, 3)),
                    .full = static_cast<fullness>(below(random, 2)),
                    .capacity = static_cast<bound>(below(random, 3)),
                    .disconnect = static_cast<disconnection>(below(random, 8) == 0 ? 1 + below(random, 2) : 0)};
      return;
    case 6:
      if (h.capacity) {
        h.capacity = below(random, 3);
      }
      return;
    default:
      h.quiescent = !h.quiescent;
      return;
  }
}

}  // namespace

history random_history(random_source& random, const history_shape& shape) {
  for (;;) {
    history h = run(random, shape).record();
    if (h.operations.empty()) {
      continue;
    }
    for (std::size_t changes = below(random, shape.changes * 2); changes > 0; --changes) {
      change(random, h);
    }
    for (operation& o : h.operations) {
      if (is_recv(o.kind) && o.result != outcome::ok) {
        o.value = 0;
      }
    }
    h.operations = in_order_of_begins(h.operations);
    if (malformed(h).empty()) {
      return h;
    }
  }
}

}  // namespace plumbline::oracle::test

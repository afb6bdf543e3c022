#include "simulation.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace plumbline::oracle::test {
namespace {

std::size_t below(std::mt19937_64& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

class simulator {
 public:
  simulator(std::mt19937_64& random, const simulation& wanted)
      : random_(random), wanted_(wanted), threads_(wanted.threads + 1), live_(wanted.senders) {
    made_.capacity = wanted.capacity;
    made_.senders = wanted.senders;
    made_.operations.reserve(wanted.operations);
    for (std::uint32_t handle = 0; handle < wanted.senders; ++handle) {
      handles_.push_back(handle);
    }
  }

  history run() {
    for (std::size_t idle = 0; idle < 60; ++now_) {
      const std::size_t turn = below(random_, wanted_.threads + wanted_.receiver_share);
      idle = step(std::min<std::size_t>(turn, wanted_.threads)) ? 0 : idle + 1;
    }
    for (operation& o : made_.operations) {
      if (o.end == operation::never && !is_send(o.kind)) {
        o.value = 0;
      }
    }
    return std::move(made_);
  }

 private:
  struct thread {
    std::optional<std::size_t> at = {};  // its open operation
    bool has_taken_effect = false;
    outcome result = outcome::ok;
    std::uint64_t value = 0;
  };

  // The last thread is the receiver's. False if it could do nothing.
  bool step(std::size_t t) {
    thread& mine = threads_[t];
    if (!mine.at) {
      return made_.operations.size() < wanted_.operations && (t < wanted_.threads ? begin_sender(t) : begin_receiver());
    }
    if (!mine.has_taken_effect) {
      return take_effect(mine);
    }
    if (wanted_.drops && made_.operations.size() == wanted_.operations && below(random_, 8) == 0) {
      return false;
    }
    operation& o = made_.operations[*mine.at];
    o.end = now_;
    o.result = mine.result;
    if (is_recv(o.kind)) {
      o.value = mine.value;
    } else if (o.kind == operation_kind::clone) {
      handles_.push_back(static_cast<std::uint32_t>(o.value));
    }
    mine = {};
    return true;
  }

  operation_kind one_of(operation_kind waits, operation_kind tries, operation_kind timed) {
    const std::size_t draw = below(random_, wanted_.one_timed_in);
    return draw == 0 ? timed : draw == 1 ? tries : waits;
  }

  bool begin(std::size_t t, operation o) {
    o.thread = static_cast<std::uint32_t>(t);
    o.begin = now_;
    threads_[t].at = made_.operations.size();
    made_.operations.push_back(o);
    return true;
  }

  bool begin_sender(std::size_t t) {
    if (handles_.empty()) {
      return false;
    }
    operation o{.handle = handles_[below(random_, handles_.size())]};
    const std::size_t draw = wanted_.drops ? below(random_, 12) : 12;
    if (draw == 0) {
      o.kind = operation_kind::clone;
      o.value = next_handle_++;
    } else if (draw <= 2) {
      o.kind = operation_kind::drop_sender;
      for (const thread& other : threads_) {
        if (other.at && !is_receiver_operation(made_.operations[*other.at].kind) &&
            made_.operations[*other.at].handle == o.handle) {
          return false;
        }
      }
      std::erase(handles_, o.handle);
    } else {
      o.kind = one_of(operation_kind::send, operation_kind::try_send, operation_kind::send_for);
      o.value = ++last_value_;
    }
    return begin(t, o);
  }

  bool begin_receiver() {
    if (receiver_used_up_) {
      return false;
    }
    operation o{.kind = one_of(operation_kind::recv, operation_kind::try_recv, operation_kind::recv_for)};
    if (wanted_.drops && below(random_, wanted_.one_drop_in) == 0) {
      o.kind = operation_kind::drop_receiver;
      receiver_used_up_ = true;
    }
    return begin(wanted_.threads, o);
  }

  bool decide(thread& mine, outcome result) {
    mine.has_taken_effect = true;
    mine.result = result;
    return true;
  }

  bool take_effect(thread& mine) {
    const operation& o = made_.operations[*mine.at];
    switch (o.kind) {
      case operation_kind::clone:
        ++live_;
        return decide(mine, outcome::ok);
      case operation_kind::drop_sender:
        --live_;
        return decide(mine, outcome::ok);
      case operation_kind::drop_receiver:
        receiver_gone_ = true;
        inside_.clear();
        return decide(mine, outcome::ok);
      case operation_kind::recv:
      case operation_kind::try_recv:
      case operation_kind::recv_for:
        return take_effect_receiving(mine, o);
      default:
        return take_effect_sending(mine, o);
    }
  }

  bool take_effect_sending(thread& mine, const operation& o) {
    thread& receiver = threads_.back();
    if (receiver_gone_) {
      return decide(mine, outcome::disconnected);
    }
    if (wanted_.capacity == 0) {
      if (receiver.at && !receiver.has_taken_effect && is_recv(made_.operations[*receiver.at].kind) &&
          !(o.kind == operation_kind::try_send && made_.operations[*receiver.at].kind == operation_kind::try_recv)) {
        receiver.value = o.value;
        return decide(receiver, outcome::ok) && decide(mine, outcome::ok);
      }
    } else if (!wanted_.capacity || inside_.size() < *wanted_.capacity) {
      inside_.push_back(o.value);
      return decide(mine, outcome::ok);
    }
    return refuse(mine, o.kind, operation_kind::try_send, operation_kind::send_for, outcome::full);
  }

  bool take_effect_receiving(thread& mine, const operation& o) {
    if (!inside_.empty()) {
      mine.value = inside_.front();
      inside_.pop_front();
      return decide(mine, outcome::ok);
    }
    if (live_ == 0) {
      return decide(mine, outcome::disconnected);
    }
    return refuse(mine, o.kind, operation_kind::try_recv, operation_kind::recv_for, outcome::empty);
  }

  bool refuse(thread& mine, operation_kind kind, operation_kind tries, operation_kind timed, outcome result) {
    if (kind == tries && (wanted_.capacity != 0 || below(random_, 2) == 0)) {
      return decide(mine, result);
    }
    return kind == timed && below(random_, 2) == 0 && decide(mine, outcome::timeout);
  }

  std::mt19937_64& random_;
  const simulation wanted_;
  history made_;
  std::vector<thread> threads_;
  std::vector<std::uint32_t> handles_;  // that may be used
  std::uint32_t next_handle_ = 10;
  std::size_t live_;
  std::deque<std::uint64_t> inside_;
  bool receiver_gone_ = false;
  bool receiver_used_up_ = false;
  std::uint64_t last_value_ = 0;
  std::uint64_t now_ = 1;
};

outcome random_outcome(std::mt19937_64& random, operation_kind kind) {
  constexpr outcome all[] = {outcome::ok, outcome::full, outcome::empty, outcome::timeout, outcome::disconnected};
  for (;;) {
    const outcome drawn = all[below(random, std::size(all))];
    if (can_end_with(kind, drawn)) {
      return drawn;
    }
  }
}

}  // namespace

history simulate(std::mt19937_64& random, const simulation& wanted) { return simulator(random, wanted).run(); }

void mutate(std::mt19937_64& random, history& h) {
  if (h.operations.empty()) {
    return;
  }
  std::vector<std::size_t> received;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    if (is_recv(h.operations[i].kind) && h.operations[i].result == outcome::ok) {
      received.push_back(i);
    }
  }
  const auto some_received = [&]() -> operation& { return h.operations[received[below(random, received.size())]]; };
  const std::size_t at = below(random, h.operations.size());
  operation& o = h.operations[at];
  switch (below(random, received.empty() ? 4 : 8)) {
    case 0:
      if (o.result != outcome::pending) {
        o.result = random_outcome(random, o.kind);
      }
      break;
    case 1:
      if (o.end != operation::never) {
        o.end = o.begin + below(random, o.end - o.begin + 6);
      }
      break;
    case 2:
      if (o.end != operation::never) {
        o.begin = o.end - std::min<std::uint64_t>(o.end, below(random, o.end - o.begin + 6));
      }
      break;
    case 3:
      if (o.result != outcome::pending && below(random, 3) == 0) {
        o.result = outcome::pending;
        o.end = operation::never;
        o.value = is_send(o.kind) ? o.value : 0;
      } else if (h.operations.size() > 1) {
        h.operations.erase(h.operations.begin() + static_cast<std::ptrdiff_t>(at));
      }
      break;
    case 4:
      if (is_send(o.kind)) {
        some_received().value = o.value;
      }
      break;
    case 5:  // its value is lost
      some_received().result = outcome::pending;
      h.operations.erase(std::ranges::find_if(h.operations, [](const operation& r) {
        return is_recv(r.kind) && r.result == outcome::pending && r.end != operation::never;
      }));
      break;
    default:
      std::swap(some_received().value, some_received().value);
      break;
  }
  std::ranges::sort(h.operations, {},
                    [](const operation& one) { return std::tuple(one.begin, one.end, one.thread, one.handle); });
}

}  // namespace plumbline::oracle::test

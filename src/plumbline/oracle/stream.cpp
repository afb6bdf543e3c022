#include "plumbline/oracle/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <queue>
#include <ranges>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/judge.hpp"
#include "plumbline/oracle/ring.hpp"
#include "plumbline/oracle/search.hpp"

namespace plumbline::oracle {
namespace {

struct open_operation {
  seen what;
  std::size_t received_at_begin = 0;  // values, by the channel
  std::size_t most_inside = 0;        // values that may have been in the channel at one instant since its begin
};

// The open operations of each thread, oldest first: one, or more if one begins at the very time stamp at which another
// ends, for begins come first. Threads have small numbers; where each operation that never ends costs a number (as in
// Jepsen's histories), those beyond are looked up.
class open_operations {
 public:
  ring<open_operation>& of(std::uint32_t thread) {
    if (thread >= direct) {
      return others_[thread];
    }
    if (thread >= small_.size()) {
      small_.resize(thread + 1);
    }
    return small_[thread];
  }

  template <class Visitor>
  void for_each(Visitor visit) {
    const auto visit_all = [&](ring<open_operation>& of_one) {
      for (std::size_t i = 0; i < of_one.size(); ++i) {
        visit(of_one[i]);
      }
    };
    std::ranges::for_each(small_, visit_all);
    std::ranges::for_each(others_ | std::views::values, visit_all);
  }

  void close_oldest(std::uint32_t thread) {
    ring<open_operation>& of_one = of(thread);
    of_one.pop_front();
    if (thread >= direct && of_one.empty()) {
      others_.erase(thread);
    }
  }

 private:
  static constexpr std::uint32_t direct = 64;

  std::vector<ring<open_operation>> small_;
  std::unordered_map<std::uint32_t, ring<open_operation>> others_;
};

}  // namespace

// A judge that is told everything when it happens, and so can say some things before it has to.
class stream::watcher : public judge {
 public:
  watcher(const contract& promised, oracle::capacity made_with, std::uint32_t senders)
      : judge(promised, made_with, senders),
        counts_inside_(promised.order != order::linearizable && promised.full == fullness::honest && room_ &&
                       *room_ > 0) {}

  void begin(const operation& o) {
    advance(o, o.begin, false);
    ring<open_operation>& of_thread = open_of_threads_.of(o.thread);
    of_thread.push_back({.what = {o, begun_++}, .received_at_begin = received()});
    open_operation& mine = of_thread[of_thread.size() - 1];
    mine.what.op.end = operation::never;
    mine.what.op.result = outcome::pending;
    switch (o.kind) {
      case operation_kind::send:
      case operation_kind::try_send:
      case operation_kind::send_for:
        return begin_send(mine);
      case operation_kind::recv:
      case operation_kind::try_recv:
      case operation_kind::recv_for:
        return use_receiver(o);
      case operation_kind::clone:
        return clone();
      case operation_kind::drop_sender:
        if (live_senders_ == 0) {
          misuse(o, "drops a sender, but all of them have been dropped");
        }
        return drop_sender(mine.what);
      case operation_kind::drop_receiver:
        use_receiver(o);
        return drop_receiver(mine.what);
    }
  }

  void end(const operation& o) {
    advance(o, o.end, true);
    ring<open_operation>& of_thread = open_of_threads_.of(o.thread);
    if (of_thread.empty() || of_thread.front().what.op.kind != o.kind || !can_end_with(o.kind, o.result) ||
        o.result == outcome::pending) {
      misuse(o, "ends, but no such operation of its thread is open, or it cannot end so");
    }
    if (of_thread.size() > 1 && of_thread[1].what.op.begin < o.end) {
      misuse(of_thread[1].what.op, "began while another operation of its thread was open");
    }
    open_operation ended = of_thread.front();
    open_of_threads_.close_oldest(o.thread);
    operation& op = ended.what.op;
    op.end = o.end;
    op.result = o.result;
    if (is_send(op.kind)) {
      op.result == outcome::ok ? end_sent(ended) : end_refused(ended);
      return;
    }
    op.value = o.value;
    if (op.kind == operation_kind::drop_sender) {
      drop_sender_ends(op.end);
    }
    if (is_receiver_operation(op.kind)) {
      if (--receiving_ > 0 && last_use_of_receiver_ < op.end) {
        misuse(o, "is open while the receiver is used again");
      }
      is_recv(op.kind) ? end_receive(ended.what) : drop_receiver_ends(op.end);
    }
  }

  verdict finish(bool quiescent) {
    if (!found()) {
      std::vector<seen> pending;
      open_of_threads_.for_each([&](const open_operation& o) { pending.push_back(o.what); });
      std::ranges::sort(pending, {}, &seen::index);
      judge::finish(pending, quiescent);
    }
    if (!found()) {
      return {.what = judgement::conforms, .broken = {}, .because = {}, .witness = {}, .complete = is_complete()};
    }
    verdict v{.what = judgement::violates, .broken = found()->broken, .because = {}, .witness = {}};
    for (const seen& s : found()->witness) {
      v.witness.push_back(s.index);
    }
    v.because = reason(quiescent);
    return v;
  }

  // The first call after a breach puts the witness into order.
  const std::vector<operation>& witness() {
    if (found_ && witness_.empty()) {
      std::vector<seen>& all = found_->witness;
      std::ranges::sort(all, {}, &seen::index);
      all.erase(std::ranges::unique(all, {}, &seen::index).begin(), all.end());
      for (const seen& s : all) {
        witness_.push_back(s.op);
      }
    }
    return witness_;
  }

 private:
  [[noreturn]] static void misuse(const operation& o, const char* what) {
    throw std::invalid_argument(fmt::format("a {} of thread {} {}", to_string(o.kind), o.thread, what));
  }

  void advance(const operation& o, std::uint64_t stamp, bool is_end) {
    if (stamp < now_ || (stamp == now_ && now_is_end_ && !is_end)) {
      misuse(o, "comes too late: events have to be in the order of time, begins before ends");
    }
    now_ = stamp;
    now_is_end_ = is_end;
  }

  void use_receiver(const operation& o) {
    if (receiver_drop_.is_there()) {
      misuse(o, "uses the receiver, which has been dropped");
    }
    ++receiving_;
    last_use_of_receiver_ = o.begin;
  }

  void begin_send(open_operation& mine) {
    if (!send_begins(mine.what)) {
      misuse(mine.what.op, "sends a value that is in the channel: values have to differ");
    }
    if (counts_inside_) {
      open_of_threads_.for_each([&](open_operation& o) { o.most_inside = std::max(o.most_inside, sent_.size()); });
    }
  }

  void end_sent(const open_operation& ended) {
    const seen* const inside = send_succeeds(ended.what.op.value, ended.what.op.end);
    if (inside == nullptr || found()) {
      return;
    }
    ++completed_inside_;
    completed_.push_back({inside->op.value, inside->op.end});
    if (rendezvous_) {
      if (completed_inside_ > receiving_) {
        blame_completed(rule::rendezvous);
      }
    } else if (promised_.capacity == bound::exact && room_ && completed_inside_ > *room_) {
      if (completed_inside_ > *room_ + receiving_) {
        blame_completed(rule::capacity);
      } else if (!overfull_since_) {
        overfull_since_ = inside->op.end;
      }
    }
  }

  void end_refused(const open_operation& ended) {
    send_fails(ended.what, ended.received_at_begin);
    const bool says_full = ended.what.op.result != outcome::disconnected;
    if (found() || !says_full || !room_ || *room_ == 0 || promised_.full == fullness::spurious) {
      return;
    }
    const bool can_have_been_full =
        has_places_ ? received_ + sent_.size() >= ended.received_at_begin + *room_ : ended.most_inside - 1 >= *room_;
    if (!can_have_been_full) {
      break_rule(ended.what.op.result == outcome::timeout ? rule::timeout_clean : rule::full_honest, {ended.what});
    }
  }

  void end_receive(const seen& recv) {
    receive(recv);
    if (found()) {
      return;
    }
    if (recv.op.result == outcome::ok && taken_.op.result == outcome::ok) {
      --completed_inside_;
      if (overfull_since_ && taken_.op.end <= *overfull_since_) {
        overfull_since_.reset();
      }
    }
    if (overfull_since_ && (receiving_ == 0 || *overfull_since_ < recv.op.end)) {
      return blame_completed(rule::capacity, &recv);
    }
    while (completed_.size() > completed_inside_ && !is_inside(completed_.front())) {
      completed_.pop_front();
    }
    if (completed_.size() > 2 * completed_inside_ + 64) {
      forget_what_was_received();
    }
    if (completed_inside_ == 0) {
      return;
    }
    if (recv.op.result == outcome::disconnected) {
      break_rule(rule::no_loss, {*sent_.find(completed_.front().value), recv});
    } else if (rendezvous_) {
      if (completed_.front().end < recv.op.end || receiving_ == 0) {
        blame_completed(rule::rendezvous, &recv);
      }
    } else if (completed_.front().end < latest_floor()) {
      judge_oldest(*sent_.find(completed_.front().value));
    }
  }

  // What ended before that has been overtaken, or been overlooked, if it is still inside.
  std::uint64_t latest_floor() const {
    const bool next_place_is_known = has_places_ && promised_.capacity == bound::exact && last_.size() == *room_;
    return std::max(latest_begin_before(promised_.order == order::linearizable ? &all_ : nullptr),
                    next_place_is_known ? last_.front().recv.op.begin : 0);
  }

  // Of what was sent completely and is still inside, the oldest is what all the rest has overtaken.
  void judge_oldest(const seen& oldest) {
    if (promised_.order == order::linearizable && !is_in_order(oldest, nullptr, all_)) {
      return;
    }
    if (!head_of_line_ && !is_seen_by_empty(oldest, nullptr, nullptr)) {
      return;
    }
    blame_completed(rule::capacity);
    for (std::size_t i = 0; i < last_.size(); ++i) {
      found_->witness.push_back(last_[i].send);
      found_->witness.push_back(last_[i].recv);
    }
  }

  struct completed_send {
    std::uint64_t value = 0;
    std::uint64_t end = 0;
  };

  bool is_inside(const completed_send& c) {
    const seen* const entry = sent_.find(c.value);
    return entry != nullptr && entry->op.end == c.end;
  }

  void forget_what_was_received() {
    ring<completed_send> kept;
    for (std::size_t i = 0; i < completed_.size(); ++i) {
      if (is_inside(completed_[i])) {
        kept.push_back(completed_[i]);
      }
    }
    completed_ = std::move(kept);
  }

  // More was sent completely, and is inside, than can be.
  void blame_completed(rule broken, const seen* recv = nullptr) {
    std::vector<seen> witness;
    sent_.for_each([&](const seen& s) {
      if (s.op.result == outcome::ok) {
        witness.push_back(s);
      }
    });
    if (recv != nullptr) {
      witness.push_back(*recv);
    }
    open_of_threads_.for_each([&](const open_operation& o) {
      if (is_recv(o.what.op.kind)) {
        witness.push_back(o.what);
      }
    });
    break_rule(broken, std::move(witness));
  }

  std::string reason(bool quiescent) {
    const std::vector<operation>& shown = witness();
    const operation& first = shown.front();
    if (shown.size() == 1 && is_send(first.kind) && room_ &&
        (first.result == outcome::full || first.result == outcome::timeout)) {
      return fmt::format("{} reported {}, but at no instant of the call can all {} places have been taken", name(first),
                         to_string(first.result), *room_);
    }
    if (shown.size() == 1 && is_recv(first.kind) && found_->broken == rule::integrity) {
      // What was received before is forgotten.
      return fmt::format("{} returned {}, which nobody had sent, or which had been received already", name(first),
                         first.value);
    }
    return because({.promised = promised_,
                    .capacity = room_,
                    .senders = static_cast<std::uint32_t>(live_senders_),
                    .quiescent = quiescent,
                    .operations = shown},
                   found_->broken);
  }

  const bool counts_inside_;  // values that may be inside: without a total order, all that is decided about `full`
  open_operations open_of_threads_;
  std::size_t begun_ = 0;
  std::uint64_t now_ = 0;
  bool now_is_end_ = false;
  std::size_t receiving_ = 0;  // operations of the receiver that are open
  std::uint64_t last_use_of_receiver_ = 0;
  ring<completed_send> completed_;               // in the order of their ends; some have been received since
  std::size_t completed_inside_ = 0;             // those that have not
  std::optional<std::uint64_t> overfull_since_;  // more than fit, unless the open receive has taken one of them
  std::vector<operation> witness_;
};

stream::stream(const contract& promised, oracle::capacity made_with, std::uint32_t senders)
    : watcher_(std::make_unique<watcher>(promised, made_with, senders)) {}
stream::stream(stream&&) noexcept = default;
stream& stream::operator=(stream&&) noexcept = default;
stream::~stream() = default;

void stream::begin(const operation& o) {
  if (!watcher_->found()) {
    watcher_->begin(o);
  }
}

void stream::end(const operation& o) {
  if (!watcher_->found()) {
    watcher_->end(o);
  }
}

bool stream::violated() const noexcept { return watcher_->found().has_value(); }

verdict stream::finish(bool quiescent) { return watcher_->finish(quiescent); }

const std::vector<operation>& stream::witness() const noexcept { return watcher_->witness(); }

void replay(const history& h, stream& to) {
  using ending = std::pair<std::uint64_t, std::size_t>;
  std::priority_queue<ending, std::vector<ending>, std::greater<>> open;
  const auto end_before = [&](std::uint64_t instant) {
    for (; !open.empty() && open.top().first < instant; open.pop()) {
      to.end(h.operations[open.top().second]);
    }
  };
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& o = h.operations[i];
    end_before(o.begin);
    to.begin(o);
    if (o.result != outcome::pending) {
      open.emplace(o.end, i);
    }
  }
  end_before(operation::never);
}

}  // namespace plumbline::oracle

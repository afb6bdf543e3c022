#include "plumbline/oracle/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <queue>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/judge.hpp"
#include "plumbline/oracle/open_operations.hpp"
#include "plumbline/oracle/ring.hpp"
#include "plumbline/oracle/search.hpp"

namespace plumbline::oracle {

// A judge that is told everything when it happens, and so can say some things before it has to.
class stream::watcher : public judge {
 public:
  watcher(const contract& promised, oracle::capacity made_with, std::uint32_t senders, bool early)
      : judge(promised, made_with, senders),
        early_(early),
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
        open_receives_ += 1;
        waiting_receives_ += waits_for_others(o.kind) ? 1 : 0;
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
      if (const std::uint64_t gone = latest_receiver_drop(); early_ && op.begin <= gone && gone <= op.end) {
        judge_what_is_left();
      }
      return;
    }
    op.value = o.value;
    if (op.kind == operation_kind::drop_sender) {
      drop_sender_ends(ended.what);
    }
    if (is_receiver_operation(op.kind)) {
      if (--receiving_ > 0 && last_use_of_receiver_ < op.end) {
        misuse(o, "is open while the receiver is used again");
      }
      if (is_recv(op.kind)) {
        open_receives_ -= 1;
        waiting_receives_ -= waits_for_others(op.kind) ? 1 : 0;
        end_receive(ended.what);
      } else {
        drop_receiver_ends(ended.what);
      }
    }
  }

  verdict finish(bool quiescent) {
    quiescent_ = quiescent;
    if (!found()) {
      judge::finish(open_operations_by_begin(), quiescent);
    }
    if (!found()) {
      return {.what = judgement::conforms, .broken = {}, .because = {}, .witness = {}, .complete = is_complete()};
    }
    verdict v{.what = judgement::violates, .broken = found()->broken, .because = {}, .witness = {}};
    for (const seen& s : found()->witness) {
      v.witness.push_back(s.index);
    }
    v.because = reason();
    return v;
  }

  history witness() const {
    history shown{.promised = promised_,
                  .capacity = room_,
                  .senders = static_cast<std::uint32_t>(live_senders_),
                  .quiescent = quiescent_,
                  .operations = {}};
    std::vector<seen> all = found_ ? found_->witness : std::vector<seen>();
    std::ranges::sort(all, {}, &seen::index);
    all.erase(std::ranges::unique(all, {}, &seen::index).begin(), all.end());
    for (const seen& s : all) {
      shown.operations.push_back(s.op);
    }
    return shown;
  }

 private:
  static bool waits_for_others(operation_kind kind) {
    return kind == operation_kind::recv || kind == operation_kind::recv_for;
  }

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
      while (!peaks_.empty() && peaks_.back().inside <= sent_.size()) {
        peaks_.pop_back();
      }
      peaks_.push_back({mine.what.index, sent_.size()});
    }
  }

  void end_sent(const open_operation& ended) {
    const seen* const inside = send_succeeds(ended.what.op.value, ended.what.op.end);
    if (inside == nullptr || found()) {
      return;
    }
    all_.completed.add(*inside);
    if (promised_.order == order::per_sender) {
      lane_of(inside->op.handle)->completed.add(*inside);
    }
    if (rendezvous_) {
      const bool tried = inside->op.kind == operation_kind::try_send;
      if (all_.completed.inside() > open_receives_ || (tried && waiting_receives_ == 0)) {
        blame_completed(rule::rendezvous);
      }
    } else if (promised_.capacity == bound::exact && room_ && all_.completed.inside() > *room_) {
      if (all_.completed.inside() > *room_ + open_receives_) {
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
    const bool can_have_been_full = has_places_ ? received_ + sent_.size() >= ended.received_at_begin + *room_
                                                : most_inside_since(ended.what.index) - 1 >= *room_;
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
      all_.completed.one_was_received();
      if (overfull_since_ && taken_.op.end <= *overfull_since_) {
        overfull_since_.reset();
      }
    }
    if (overfull_since_ && (receiving_ == 0 || *overfull_since_ < recv.op.end)) {
      return blame_completed(rule::capacity, &recv);
    }
    const completed_sends::entry* const oldest = all_.completed.oldest(sent_);
    if (promised_.order == order::per_sender && recv.op.result == outcome::ok) {
      judge_lane_of(taken_);
    }
    if (found() || oldest == nullptr) {
      return;
    }
    if (recv.op.result == outcome::disconnected) {
      break_rule(rule::no_loss, {*sent_.find(oldest->value), recv});
    } else if (rendezvous_) {
      if (oldest->end < recv.op.end || receiving_ == 0) {
        blame_completed(rule::rendezvous, &recv);
      }
    } else if (oldest->end < latest_floor()) {
      judge_oldest(*sent_.find(oldest->value));
    } else if (recv.op.result != outcome::ok) {
      judge_heads_so_far();
    }
  }

  // Order per-sender: of the values of this sender that are inside, the oldest is what the one received has overtaken.
  void judge_lane_of(const seen& taken) {
    const auto at = lanes_.find(taken.op.handle);
    if (at == lanes_.end()) {
      return;  // it was the last one of this sender
    }
    lane& values = at->second;
    if (taken.op.result == outcome::ok) {
      values.completed.one_was_received();
    }
    if (const completed_sends::entry* const oldest = values.completed.oldest(sent_);
        oldest != nullptr && !rendezvous_ && oldest->end < values.latest_send.op.begin) {
      is_in_order(*sent_.find(oldest->value), nullptr, values);
    }
  }

  // Head-of-line: a lane in which something was sent completely before the last `empty` began, and nothing that had not
  // ended then can come before it, had a head that was there to be received.
  void judge_heads_so_far() {
    if (!early_ || !head_of_line_ || !nothing_inside_.is_there()) {
      return;
    }
    if (const auto* const oldest = all_.completed.oldest(sent_);
        oldest == nullptr || oldest->end >= nothing_inside_.op.begin) {
      return;
    }
    if (promised_.order == order::linearizable) {
      if (is_suspected(all_)) {
        std::unordered_map<std::uint32_t, std::uint64_t> open_since{{0, operation::never}};
        note_open_sends(open_since);
        judge_head(all_, open_since.at(0));
      }
      return;
    }
    std::unordered_map<std::uint32_t, std::uint64_t> open_since;  // by handle, of the lanes that are suspected
    for (auto& [handle, values] : lanes_) {
      if (is_suspected(values)) {
        open_since.emplace(handle, operation::never);
      }
    }
    note_open_sends(open_since);
    for (auto at = open_since.begin(); at != open_since.end() && !found(); ++at) {
      judge_head(lanes_.at(at->first), at->second);
    }
  }

  // Something of this lane had been sent completely when the last `empty` began, and nothing was received since.
  bool is_suspected(lane& values) {
    const completed_sends::entry* const oldest = values.completed.oldest(sent_);
    return oldest != nullptr && oldest->end < nothing_inside_.op.begin && values.last_received <= received_at_nothing_;
  }

  // Of the open sends of each of these lanes, the first to begin.
  void note_open_sends(std::unordered_map<std::uint32_t, std::uint64_t>& open_since) {
    if (open_since.empty()) {
      return;
    }
    const bool one_lane = promised_.order == order::linearizable;
    open_of_threads_.for_each([&](const open_operation& o) {
      const auto at = is_send(o.what.op.kind) ? open_since.find(one_lane ? 0 : o.what.op.handle) : open_since.end();
      if (at != open_since.end() && sent_.find(o.what.op.value) != nullptr) {
        at->second = std::min(at->second, o.what.op.begin);
      }
    });
  }

  void judge_head(lane& values, std::uint64_t open_since) {
    const completed_sends::entry* const oldest = values.completed.oldest(sent_);
    const auto may_be_ahead = [&](const seen& s) { return s.op.begin <= oldest->end; };
    const bool has_head = values.completed.any_since(nothing_inside_.op.begin, sent_, may_be_ahead);
    if (!has_head && open_since > oldest->end) {
      is_seen_by_empty(*sent_.find(oldest->value), nullptr, &values);
    }
  }

  // The receiver is gone, and a send has ended that may have been in time. Nothing that is sent later takes effect, so
  // all that could be said at the end can be said now.
  void judge_what_is_left() {
    if (!found()) {
      judge::finish(open_operations_by_begin(), false);
    }
  }

  std::vector<seen> open_operations_by_begin() {
    std::vector<seen> open;
    open_of_threads_.for_each([&](const open_operation& o) { open.push_back(o.what); });
    std::ranges::sort(open, {}, &seen::index);
    return open;
  }

  // How many values may have been in the channel at one instant since that send began: itself among them.
  std::size_t most_inside_since(std::size_t begun) const {
    return std::ranges::lower_bound(peaks_, begun, {}, &peak::begun)->inside;
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

  std::string reason() const {
    const history shown = witness();
    const operation& first = shown.operations.front();
    if (shown.operations.size() == 1 && is_recv(first.kind) && found_->broken == rule::integrity) {
      // What was received before is forgotten.
      return fmt::format("{} returned {}, which nobody had sent, or which had been received already", name(first),
                         first.value);
    }
    return because(shown, found_->broken, extent::so_far);
  }

  // A moment at which more may have been inside than ever since. (They go down, so they are as few as that.)
  struct peak {
    std::size_t begun = 0;  // the send that began then
    std::size_t inside = 0;
  };

  const bool early_;
  const bool counts_inside_;  // values that may be inside: without a total order, all that is decided about `full`
  std::vector<peak> peaks_;
  open_operations open_of_threads_;
  std::size_t begun_ = 0;
  std::uint64_t now_ = 0;
  bool now_is_end_ = false;
  std::size_t receiving_ = 0;  // operations of the receiver that are open
  std::uint64_t last_use_of_receiver_ = 0;
  std::size_t open_receives_ = 0;
  std::size_t waiting_receives_ = 0;             // those of them that wait for a value
  std::optional<std::uint64_t> overfull_since_;  // more than fit, unless the open receive has taken one of them
  bool quiescent_ = false;
};

stream::stream(const contract& promised, oracle::capacity made_with, std::uint32_t senders, bool early)
    : watcher_(std::make_unique<watcher>(promised, made_with, senders, early)) {}
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

history stream::witness() const { return watcher_->witness(); }

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

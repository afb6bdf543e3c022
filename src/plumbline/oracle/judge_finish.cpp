// What judge decides when no operation follows: the values that were never received, and the operations that are
// pending.

#include <algorithm>
#include <utility>

#include "plumbline/oracle/judge.hpp"
#include "plumbline/oracle/tail.hpp"

namespace plumbline::oracle {
namespace {

rule rule_of_full(outcome result) { return result == outcome::timeout ? rule::timeout_clean : rule::full_honest; }

bool waits(const operation& o) {
  return o.kind == operation_kind::send || o.kind == operation_kind::send_for || o.kind == operation_kind::recv ||
         o.kind == operation_kind::recv_for;
}

}  // namespace

void judge::finish(const std::vector<seen>& pending, bool quiescent) {
  if (found_) {
    return;
  }
  if (refusal_.is_there() && (!receiver_drop_.is_there() || refusal_.op.end < receiver_drop_.op.begin)) {
    break_rule(rule::send_disconnected, {refusal_});
    return;
  }
  std::vector<seen> sent;
  std::vector<seen> maybe;
  sent_.for_each([&](const seen& s) { (s.op.result == outcome::ok ? sent : maybe).push_back(s); });
  std::ranges::sort(sent, {}, &seen::index);
  std::ranges::sort(maybe, {}, &seen::index);
  seen recv;
  for (const seen& p : pending) {
    recv = is_recv(p.op.kind) ? p : recv;
  }
  if (disconnected_.is_there() && !sent.empty()) {
    break_rule(rule::no_loss, {sent.front(), disconnected_});
    return;
  }
  // Where nothing moves any more, what is pending has not taken effect: it would have returned. A receive may have, as
  // far as this goes: it ought to have returned then, which is what finish_asleep() says.
  if (quiescent) {
    maybe.clear();
  }
  if (rendezvous_) {
    finish_rendezvous(sent, recv);
  } else {
    finish_order(sent, maybe);
    if (!found_ && has_places_) {
      finish_places(sent, maybe, recv);
    }
  }
  for (const seen& p : pending) {
    if (quiescent && !found_) {
      finish_asleep(p, sent, recv);
    }
  }
}

// Nothing is buffered, so a value that was not received can only have been handed to the receive that is pending.
void judge::finish_rendezvous(const std::vector<seen>& sent, const seen& recv) {
  if (sent.empty()) {
    return;
  }
  const operation& s = sent.front().op;
  const bool neither_waits = s.kind == operation_kind::try_send && recv.op.kind == operation_kind::try_recv;
  if (sent.size() > 1 || !recv.is_there() || recv.op.begin > s.end || neither_waits) {
    break_rule(rule::rendezvous, sent);
    if (recv.is_there()) {
      found_->witness.push_back(recv);
    }
  }
}

void judge::finish_order(const std::vector<seen>& sent, const std::vector<seen>& maybe) {
  for (const seen& s : sent) {
    const lane* const values =
        promised_.order == order::unordered ? nullptr : std::as_const(*this).lane_of(s.op.handle);
    if (values != nullptr && !is_in_order(s, nullptr, *values)) {
      return;
    }
    if (!head_of_line_ && !is_seen_by_empty(s, nullptr, values)) {
      return;
    }
  }
  if (head_of_line_ && !has_places_) {
    found_ = judge_heads(sent, maybe);
  }
}

// Head-of-line without places: when the last `empty` was said, the head of each lane was a send that had not ended, or
// there was none. The earlier the head was put in, the better for the others.
std::optional<breach> judge::judge_heads(const std::vector<seen>& sent, const std::vector<seen>& maybe) const {
  struct head {
    std::uint64_t instant = operation::never;  // at which the best head can be put in
    const seen* hurried = nullptr;             // the send that ended first
  };
  std::unordered_map<const lane*, head> heads;
  if (!nothing_inside_.is_there()) {
    return std::nullopt;
  }
  for (const auto* sends : {&sent, &maybe}) {
    for (const seen& s : *sends) {
      const lane* const values = lane_of(s.op.handle);
      if (values->last_received > received_at_nothing_) {
        continue;
      }
      head& h = heads[values];
      if (s.op.end >= nothing_inside_.op.begin) {
        h.instant = std::min(h.instant, std::max(s.op.begin, latest_begin_before(values)));
      }
      if (s.op.result == outcome::ok && (h.hurried == nullptr || s.op.end < h.hurried->op.end)) {
        h.hurried = &s;
      }
    }
  }
  const seen* worst = nullptr;
  for (const auto& [values, h] : heads) {
    if (h.hurried != nullptr && h.hurried->op.end < h.instant &&
        (worst == nullptr || h.hurried->index < worst->index)) {
      worst = h.hurried;
    }
  }
  if (worst == nullptr) {
    return std::nullopt;
  }
  return breach{nothing_inside_.op.result == outcome::timeout ? rule::timeout_clean : rule::empty_honest,
                {*worst, nothing_inside_}};
}

// Linearizable, with a capacity.
void judge::finish_places(const std::vector<seen>& sent, const std::vector<seen>& maybe, const seen& recv) {
  const std::uint64_t base = latest_begin_before(&all_);
  if (!head_of_line_ || !nothing_inside_.is_there() || all_.last_received > received_at_nothing_) {
    found_ = judge_tail(sent, maybe, recv, base, nullptr, !head_of_line_);
    return;
  }
  // The last `empty`, after which nothing was received: nothing was inside, or the head was a send that had not ended.
  auto without_head = judge_tail(sent, maybe, recv, std::max(base, nothing_inside_.op.begin), nullptr, true);
  if (!without_head) {
    return;
  }
  std::uint64_t first_end = operation::never;
  for (const seen& s : sent) {
    first_end = std::min(first_end, s.op.end);
  }
  for (const auto* sends : {&sent, &maybe}) {
    for (const seen& s : *sends) {
      const bool may_be_head = s.op.end >= nothing_inside_.op.begin && s.op.begin <= first_end;
      if (may_be_head && !judge_tail(sent, maybe, recv, base, &s, false)) {
        return;
      }
    }
  }
  found_ = std::move(without_head);
}

// The instants at which the place for each of the sends that are left can open, as far as it can.
std::vector<std::uint64_t> judge::places(std::size_t wanted, const seen& recv) const {
  std::vector<std::uint64_t> opens;
  if (promised_.capacity != bound::exact) {
    opens.assign(wanted, 0);
    return opens;
  }
  // The place for the first of them is that of last_.front() or, as long as fewer than *room_ values were received, one
  // that was free from the beginning.
  const std::size_t free = *room_ - last_.size();
  for (std::size_t q = 0; q < wanted; ++q) {
    if (q < free) {
      opens.push_back(0);
    } else if (q - free < last_.size()) {
      opens.push_back(last_[q - free].recv.op.begin);
    } else if (q - free == last_.size() && recv.is_there()) {
      opens.push_back(recv.op.begin);
    } else {
      break;
    }
  }
  return opens;
}

// The values that were not received, none of which was sent before `base`, and the fulls that wait for an explanation.
// `first` is sent before the others, if it is given. `after_nothing`: they were sent after the last `empty`.
std::optional<breach> judge::judge_tail(std::vector<seen> sent, const std::vector<seen>& maybe, const seen& recv,
                                        std::uint64_t base, const seen* first, bool after_nothing) const {
  std::vector<std::uint64_t> opens = places(sent.size() + maybe.size(), recv);
  std::vector<std::uint64_t> instants;
  if (first != nullptr) {
    base = std::max(base, first->op.begin);
    if (opens.empty() || std::max(base, opens.front()) > std::min(first->op.end, latest_receiver_drop())) {
      return breach{rule::empty_honest, {*first, nothing_inside_}};
    }
    base = std::max(base, opens.front());
    opens.erase(opens.begin());
    instants.push_back(base);
  }
  std::vector<undelivered> sends;
  for (const auto* some : {&std::as_const(sent), &maybe}) {
    for (const seen& s : *some) {
      if (first != nullptr && s.index == first->index) {
        continue;
      }
      const bool must = s.op.result == outcome::ok;
      sends.push_back({std::max(s.op.begin, base), s.op.end, must});
      if (must && sends.back().release > sends.back().deadline) {
        return breach{nothing_inside_.op.result == outcome::timeout ? rule::timeout_clean : rule::empty_honest,
                      {s, nothing_inside_}};
      }
    }
  }
  if (!all_fit(sends, opens)) {
    for (std::size_t i = 0; i < last_.size(); ++i) {
      if (last_[i].send.is_there()) {
        sent.push_back(last_[i].send);
        sent.push_back(last_[i].recv);
      }
    }
    return breach{rule::capacity, std::move(sent)};
  }
  std::ranges::copy(earliest_instants(sends, opens), std::back_inserter(instants));
  return judge_fulls(instants, after_nothing);
}

// `instants`: the earliest ones at which the values that were not received can have been sent, one after another.
std::optional<breach> judge::judge_fulls(const std::vector<std::uint64_t>& instants, bool after_nothing) const {
  seen unsettled = unsettled_full_;
  for (std::size_t i = 0; i < last_.size(); ++i) {
    const seen& full = last_[i].full;
    if (full.is_there() && (!unsettled.is_there() || full.op.end < unsettled.op.end)) {
      unsettled = full;
    }
    // With last_[i] the last value received, so many more are inside when the channel is full.
    const std::size_t more = *room_ - (last_.size() - 1 - i);
    const std::uint64_t full_from = more <= instants.size() ? instants[more - 1] : operation::never;
    const std::uint64_t full_until = i + 1 < last_.size() ? last_[i + 1].recv.op.end : operation::never;
    // That `empty` comes after the next receive even if their time stamps are equal.
    const bool emptied =
        after_nothing && nothing_inside_.is_there() && received_at_nothing_ >= received_ + 2 + i - last_.size();
    if (full_from == operation::never || full_from > full_until || emptied || !unsettled.is_there()) {
      continue;
    }
    if (std::min(unsettled.op.end, latest_receiver_drop()) < full_from) {
      return breach{rule_of_full(unsettled.op.result), {unsettled}};
    }
    unsettled = {};
  }
  if (unsettled.is_there()) {
    return breach{rule_of_full(unsettled.op.result), {unsettled}};
  }
  return std::nullopt;
}

// WAKE-RECV, WAKE-SEND: nothing moves any more, and `pending` has not returned.
void judge::finish_asleep(const seen& pending, const std::vector<seen>& sent, const seen& recv) {
  const bool peer_gone = is_receiver_operation(pending.op.kind)
                             ? tells_receiver_ && live_senders_ == 0 && open_drops_ == 0
                             : tells_senders_ && receiver_drop_.is_there() && receiver_drop_.op.end != operation::never;
  if (is_receiver_operation(pending.op.kind)) {
    if (!waits(pending.op) || !sent.empty() || peer_gone) {
      break_rule(rule::wake_recv, {pending});
      std::ranges::copy(sent, std::back_inserter(found_->witness));
    }
    return;
  }
  if (const auto taken = open_.find(pending.op.value); is_send(pending.op.kind) && taken != open_.end()) {
    return break_rule(rule::wake_send, {pending, taken->second.recv});
  }
  if (waits(pending.op) && rendezvous_ && recv.is_there()) {
    return break_rule(rule::wake_recv, {pending, recv});
  }
  if (!waits(pending.op) || peer_gone || (!rendezvous_ && (!room_ || sent.size() < *room_))) {
    break_rule(rule::wake_send, {pending});
    if (peer_gone) {
      found_->witness.push_back(receiver_drop_);
    }
    std::ranges::copy(sent, std::back_inserter(found_->witness));
  }
}

}  // namespace plumbline::oracle

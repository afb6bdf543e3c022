#include "plumbline/oracle/judge.hpp"

#include <algorithm>
#include <utility>

namespace plumbline::oracle {
namespace {

rule rule_of_nothing(outcome result) { return result == outcome::timeout ? rule::timeout_clean : rule::empty_honest; }

}  // namespace

judge::judge(const contract& promised, oracle::capacity made_with, std::uint32_t senders)
    : promised_(promised),
      room_(promised.capacity == bound::unbounded ? std::nullopt : made_with),
      rendezvous_(promised.capacity == bound::exact && made_with == 0),
      tells_receiver_(tells_receiver(promised.disconnect)),
      tells_senders_(tells_senders(promised.disconnect)),
      head_of_line_(promised.empty == emptiness::head_of_line && promised.order != order::unordered),
      has_places_(promised.order == order::linearizable && room_ && *room_ > 0),
      complete_(promised.order == order::linearizable || rendezvous_ || !room_ || promised.capacity != bound::exact),
      live_senders_(senders) {
  last_.push_back({});
}

judge::lane* judge::lane_of(std::uint32_t handle) {
  switch (promised_.order) {
    case order::linearizable:
      return &all_;
    case order::per_sender:
      return &lanes_[handle];
    case order::unordered:
      return nullptr;
  }
  return nullptr;
}

const judge::lane* judge::lane_of(std::uint32_t handle) const {
  return promised_.order == order::per_sender ? &lanes_.at(handle) : &all_;
}

bool judge::put_in_flight(const seen& send) {
  if (!sent_.insert(send)) {
    return false;
  }
  if (promised_.order == order::per_sender) {
    ++lanes_[send.op.handle].in_flight;
  }
  return true;
}

// What is known of a sender is kept as long as something can still come of it.
void judge::leave_lane(std::uint32_t handle) {
  if (promised_.order == order::per_sender) {
    const auto at = lanes_.find(handle);
    if (--at->second.in_flight == 0 && at->second.dropped) {
      lanes_.erase(at);
    }
  }
}

const seen* judge::receiver_gone_before(std::uint64_t instant) const noexcept {
  if (tells_senders_ && receiver_drop_.is_there() && receiver_drop_.op.end < instant) {
    return &receiver_drop_;
  }
  return tells_senders_ && refusal_.is_there() && refusal_.op.end < instant ? &refusal_ : nullptr;
}

std::uint64_t judge::latest_receiver_drop() const noexcept {
  return tells_senders_ ? std::min(receiver_drop_.op.end, refusal_.op.end) : operation::never;
}

bool judge::no_sender_since(std::uint64_t instant) const noexcept {
  return live_senders_ == 0 && open_drops_ == 0 && last_drop_end_ < instant;
}

void judge::send(const seen& s) {
  last_send_end_ = std::max(last_send_end_, s.op.end);
  switch (s.op.result) {
    case outcome::ok:
      if (const seen* gone = receiver_gone_before(s.op.begin)) {
        return break_after_the_receiver(*gone, s);
      }
      [[fallthrough]];
    case outcome::pending:
      put_in_flight(s);
      return;
    case outcome::disconnected:
      return refuse(s);
    default:
      return find_no_room(s, received_);
  }
}

bool judge::send_begins(const seen& s) {
  if ((!open_.empty() && open_.contains(s.op.value)) || !put_in_flight(s)) {
    return false;
  }
  ++open_sends_;
  return true;
}

const seen* judge::send_succeeds(std::uint64_t value, std::uint64_t end) {
  --open_sends_;
  last_send_end_ = std::max(last_send_end_, end);
  seen* entry = sent_.find(value);
  if (entry == nullptr) {
    open_.erase(value);
    return nullptr;
  }
  entry->op.end = end;
  entry->op.result = outcome::ok;
  if (const seen* gone = receiver_gone_before(entry->op.begin)) {
    break_after_the_receiver(*gone, *entry);
  }
  return entry;
}

void judge::send_fails(const seen& s, std::size_t received_at_begin) {
  --open_sends_;
  last_send_end_ = std::max(last_send_end_, s.op.end);
  seen* entry = sent_.find(s.op.value);
  if (entry == nullptr) {
    const rule broken = s.op.result == outcome::timeout        ? rule::timeout_clean
                        : s.op.result == outcome::disconnected ? rule::send_disconnected
                                                               : rule::integrity;
    return break_rule(broken, {s, open_.at(s.op.value).recv});
  }
  sent_.erase(entry);
  leave_lane(s.op.handle);
  if (s.op.result != outcome::disconnected) {
    find_no_room(s, received_at_begin);
  } else if (tells_senders_ && !receiver_drop_.is_there()) {
    break_rule(rule::send_disconnected, {s});
  } else {
    refuse(s);
  }
}

// A send took effect, or found no room, and it was known before that the receiver is gone.
void judge::break_after_the_receiver(const seen& gone, const seen& send) {
  break_rule(rule::send_disconnected, {gone, send});
  if (receiver_drop_.is_there()) {
    found_->witness.push_back(receiver_drop_);
  }
}

void judge::refuse(const seen& s) {
  if (!tells_senders_) {
    break_rule(rule::send_disconnected, {s});
  } else if (!refusal_.is_there() || s.op.end < refusal_.op.end) {
    refusal_ = s;
  }
}

// `full`, or a send timed out.
void judge::find_no_room(const seen& s, std::size_t received_at_begin) {
  if (const seen* gone = receiver_gone_before(s.op.begin)) {
    return break_after_the_receiver(*gone, s);
  }
  if (!room_) {
    return break_rule(s.op.result == outcome::timeout ? rule::timeout_clean : rule::full_honest, {s});
  }
  if (*room_ == 0 || promised_.full == fullness::spurious) {
    return;
  }
  if (!has_places_) {
    complete_ = false;
    return;
  }
  if (full_after_ && *full_after_ >= received_at_begin) {
    return;
  }
  // Of those that wait for the same receive, the first to end is the hardest to explain.
  const std::size_t oldest = received_ + 1 - last_.size();
  seen& full = last_[std::max(received_at_begin, oldest) - oldest].full;
  if (!full.is_there() || s.op.end < full.op.end) {
    full = s;
  }
}

void judge::drop_sender(const seen& drop) {
  --live_senders_;
  ++open_drops_;
  if (drop.op.end != operation::never) {
    drop_sender_ends(drop);
  }
  if (promised_.order == order::per_sender) {
    const auto at = lanes_.find(drop.op.handle);
    if (at != lanes_.end()) {
      at->second.dropped = true;
      if (at->second.in_flight == 0) {
        lanes_.erase(at);
      }
    }
  }
}

void judge::drop_sender_ends(const seen& drop) noexcept {
  --open_drops_;
  if (drop.op.end >= last_drop_end_) {
    last_drop_end_ = drop.op.end;
    last_drop_ = drop;
  }
}

void judge::receive(const seen& recv) {
  switch (recv.op.result) {
    case outcome::ok:
      return receive_value(recv);
    case outcome::disconnected:
      return receive_disconnected(recv);
    default:
      return receive_nothing(recv);
  }
}

// `empty`, or a receive timed out.
void judge::receive_nothing(const seen& recv) {
  if (tells_receiver_ && disconnected_.is_there()) {
    return break_rule(rule::recv_disconnected, {disconnected_, recv});
  }
  if (tells_receiver_ && no_sender_since(recv.op.begin)) {
    return break_rule(rule::recv_disconnected, {last_drop_, recv});
  }
  const bool licensed = promised_.empty == emptiness::weak && (open_sends_ > 0 || last_send_end_ >= recv.op.begin);
  if (!rendezvous_ && !licensed) {
    nothing_inside_ = recv;
    received_at_nothing_ = received_;
  }
}

void judge::receive_disconnected(const seen& recv) {
  if (!tells_receiver_ || live_senders_ > 0) {
    return break_rule(rule::recv_disconnected, {recv});
  }
  if (!disconnected_.is_there()) {
    disconnected_ = recv;
  }
}

bool judge::is_in_order(const seen& send, const seen* recv, const lane& values) {
  if (!values.latest_send.is_there() || values.latest_send.op.begin <= send.op.end) {
    return true;
  }
  break_rule(values.latest_send.op.handle == send.op.handle ? rule::sender_order : rule::fifo,
             {send, values.latest_send, values.its_recv});
  if (recv != nullptr) {
    found_->witness.push_back(*recv);
  }
  return false;
}

// An `empty` says that what was sent before it has been received before it. If it speaks of the head only, it says so
// of the next value that is received.
bool judge::is_seen_by_empty(const seen& send, const seen* recv, const lane* values) {
  if (!nothing_inside_.is_there() || nothing_inside_.op.begin <= send.op.end ||
      (head_of_line_ && values->last_received > received_at_nothing_)) {
    return true;
  }
  break_rule(rule_of_nothing(nothing_inside_.op.result), {send, nothing_inside_});
  if (recv != nullptr) {
    found_->witness.push_back(*recv);
  }
  return false;
}

// An `empty` after that many receives comes after the last of them even if their time stamps are equal.
bool judge::was_empty_after(std::size_t received) const noexcept {
  return nothing_inside_.is_there() && received_at_nothing_ >= received && !head_of_line_;
}

// The latest begin of what has to precede the next value that arrives in this lane.
std::uint64_t judge::latest_begin_before(const lane* values) const noexcept {
  return std::max(values != nullptr ? values->latest_send.op.begin : 0, head_of_line_ ? 0 : nothing_inside_.op.begin);
}

void judge::receive_value(const seen& recv) {
  const seen* entry = sent_.find(recv.op.value);
  if (entry == nullptr) {
    return break_rule(rule::integrity, {recv});
  }
  taken_ = *entry;
  sent_.erase(entry);
  const seen& send = taken_;
  if (send.op.result == outcome::pending) {
    open_.emplace(recv.op.value, passage{send, recv, {}});
  }
  if (disconnected_.is_there()) {
    return break_rule(rule::recv_disconnected, {send, disconnected_, recv});
  }
  ++received_;
  if (rendezvous_) {
    const bool neither_waits = send.op.kind == operation_kind::try_send && recv.op.kind == operation_kind::try_recv;
    if (neither_waits || send.op.end < recv.op.begin) {
      break_rule(rule::rendezvous, {send, recv});
    }
    return leave_lane(send.op.handle);
  }
  lane* const values = lane_of(send.op.handle);
  if ((values != nullptr && !is_in_order(send, &recv, *values)) || !is_seen_by_empty(send, &recv, values)) {
    return;
  }
  if (has_places_) {
    take_place(send, recv, std::max(send.op.begin, latest_begin_before(values)));
  }
  if (values != nullptr) {
    values->last_received = received_;
    if (!values->latest_send.is_there() || send.op.begin > values->latest_send.op.begin) {
      values->latest_send = send;
      values->its_recv = recv;
    }
  }
  leave_lane(send.op.handle);
}

// The received_-th value was sent at `sent_at` or later. If it was sent as early as can be, and the receives happened
// as late as can be, then the channel was full from that instant on, until the next receive. (The value was not sent
// before the receive had begun whose place it takes, either. But a `full` that ended until then and is not explained by
// what was received before ended before `sent_at`, too.)
void judge::take_place(const seen& send, const seen& recv, std::uint64_t sent_at) {
  if (promised_.capacity == bound::exact && last_.size() == *room_) {
    if (last_.front().recv.op.begin > send.op.end) {
      break_rule(rule::capacity, {send, recv});
      for (std::size_t i = 0; i < last_.size(); ++i) {
        found_->witness.push_back(last_[i].send);
        found_->witness.push_back(last_[i].recv);
      }
      return;
    }
  }
  passage& mine = last_.grow();
  mine.send = send;
  mine.recv = recv;
  mine.full.index = seen::nowhere;
  if (last_.size() <= *room_) {
    return;
  }
  const seen& full = last_.front().full;
  if (full.is_there() && (!unsettled_full_.is_there() || full.op.end < unsettled_full_.op.end)) {
    unsettled_full_ = full;
  }
  if (sent_at <= last_[1].recv.op.end && !was_empty_after(received_ + 1 - *room_)) {
    if (unsettled_full_.is_there() && unsettled_full_.op.end < sent_at) {
      return break_rule(unsettled_full_.op.result == outcome::timeout ? rule::timeout_clean : rule::full_honest,
                        {unsettled_full_});
    }
    unsettled_full_ = {};
    full_after_ = received_ - *room_;
  }
  last_.pop_front();
}

}  // namespace plumbline::oracle

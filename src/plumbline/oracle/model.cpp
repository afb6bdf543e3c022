#include "plumbline/oracle/model.hpp"

#include <algorithm>
#include <ranges>

namespace plumbline::oracle {
namespace {

bool tells_receiver(const terms& t) noexcept { return tells_receiver(t.promised.disconnect); }
bool tells_senders(const terms& t) noexcept { return tells_senders(t.promised.disconnect); }

// What each outcome asks of the state. A rule that is not in force asks nothing.

bool nobody_sends(const channel_state& s) noexcept { return s.senders.empty(); }

bool is_full(const terms& t, const channel_state& s) noexcept {
  const auto limit = room(t);
  return limit && s.buffer.size() >= *limit;
}

// A send reports `full`, or that it timed out: `honest` is the rule that wants the channel to have been full.
bool may_find_no_room(const terms& t, const channel_state& s, rule honest) noexcept {
  if (t.in_force.has(rule::send_disconnected) && tells_senders(t) && !s.receiver_alive) {
    return false;  // it had to say `disconnected`
  }
  if (!t.in_force.has(honest)) {
    return true;
  }
  return is_full(t, s) || (t.promised.full == fullness::spurious && room(t));
}

// A receive reports `empty`, or that it timed out.
bool may_find_nothing(const terms& t, const channel_state& s, rule honest) noexcept {
  if (t.in_force.has(rule::recv_disconnected) && tells_receiver(t) && nobody_sends(s)) {
    return false;  // it had to say `disconnected`
  }
  return !t.in_force.has(honest) || s.buffer.empty();
}

bool may_say_sender_disconnected(const terms& t, const channel_state& s) noexcept {
  return !t.in_force.has(rule::send_disconnected) || (tells_senders(t) && !s.receiver_alive);
}

bool may_say_receiver_disconnected(const terms& t, const channel_state& s) noexcept {
  return (!t.in_force.has(rule::recv_disconnected) || (tells_receiver(t) && nobody_sends(s))) &&
         (!t.in_force.has(rule::no_loss) || s.buffer.empty());
}

bool may_succeed_against_receiver(const terms& t, const channel_state& s) noexcept {
  return s.receiver_alive || !tells_senders(t) || !t.in_force.has(rule::send_disconnected);
}

bool may_buffer(const terms& t, const channel_state& s) noexcept {
  const auto limit = most(t);
  return may_succeed_against_receiver(t, s) && (!limit || s.buffer.size() < *limit);
}

void put(const terms& t, channel_state& s, const operation& o) {
  const buffered added{o.value, o.handle};
  switch (order_of(t)) {
    case order::linearizable:
      s.buffer.push_back(added);
      return;
    case order::per_sender:
      s.buffer.insert(std::ranges::upper_bound(s.buffer, added.handle, {}, &buffered::handle), added);
      return;
    case order::unordered:
      s.buffer.insert(std::ranges::upper_bound(s.buffer, added.value, {}, &buffered::value), added);
      return;
  }
}

bool apply_send(const terms& t, channel_state& s, const operation& o, std::size_t choice) {
  switch (o.result) {
    case outcome::ok:
    case outcome::pending: {
      if (!may_buffer(t, s)) {
        return false;
      }
      if (choice == 0) {
        put(t, s, o);
        return true;
      }
      return choice == 1 && !t.in_force.has(rule::no_loss);  // it is gone
    }
    case outcome::full:
      return choice == 0 && may_find_no_room(t, s, rule::full_honest);
    case outcome::timeout:
      return choice == 0 && may_find_no_room(t, s, rule::timeout_clean);
    case outcome::disconnected:
      return choice == 0 && may_say_sender_disconnected(t, s);
    case outcome::empty:
      return false;
  }
  return false;
}

bool apply_recv(const terms& t, channel_state& s, const operation& o, std::size_t choice) {
  switch (o.result) {
    case outcome::ok:
      for (std::size_t n = 0; const auto at = next_to_receive(t, s, n); ++n) {
        if (s.buffer[*at].value == o.value) {
          if (choice == 0) {
            s.buffer.erase(s.buffer.begin() + static_cast<std::ptrdiff_t>(*at));
          }
          return choice == 0;
        }
      }
      return false;
    case outcome::pending:
      if (const auto at = next_to_receive(t, s, choice)) {
        s.buffer.erase(s.buffer.begin() + static_cast<std::ptrdiff_t>(*at));
        return true;
      }
      return false;
    case outcome::empty:
      return choice == 0 && may_find_nothing(t, s, rule::empty_honest);
    case outcome::timeout:
      return choice == 0 && may_find_nothing(t, s, rule::timeout_clean);
    case outcome::disconnected:
      return choice == 0 && may_say_receiver_disconnected(t, s);
    case outcome::full:
      return false;
  }
  return false;
}

}  // namespace

order order_of(const terms& t) noexcept {
  if (t.promised.order == order::unordered || !t.in_force.has(rule::sender_order)) {
    return order::unordered;
  }
  return t.in_force.has(rule::fifo) ? t.promised.order : order::per_sender;
}

std::optional<std::size_t> most(const terms& t) noexcept {
  if (t.promised.capacity != bound::exact) {
    return std::nullopt;
  }
  // With capacity 0 nothing is ever buffered, and that is RENDEZVOUS; with any other number it is CAPACITY.
  return t.in_force.has(t.capacity == 0 ? rule::rendezvous : rule::capacity) ? t.capacity : std::nullopt;
}

std::optional<std::size_t> room(const terms& t) noexcept {
  return t.promised.capacity == bound::unbounded ? std::nullopt : t.capacity;
}

bool is_rendezvous(const terms& t) noexcept { return t.promised.capacity == bound::exact && t.capacity == 0; }

channel_state initial_state(std::uint32_t senders) {
  channel_state s;
  for (std::uint32_t handle = 0; handle < senders; ++handle) {
    s.senders.push_back(handle);
  }
  return s;
}

std::optional<std::size_t> next_to_receive(const terms& t, const channel_state& s, std::size_t n) noexcept {
  const order kept = order_of(t);
  for (std::size_t i = 0; i < s.buffer.size(); ++i) {
    const bool next = kept == order::unordered || i == 0 ||
                      (kept == order::per_sender && s.buffer[i].handle != s.buffer[i - 1].handle);
    if (next && n-- == 0) {
      return i;
    }
  }
  return std::nullopt;
}

bool apply(const terms& t, channel_state& s, const operation& o, std::size_t choice) {
  if (is_recv(o.kind)) {
    return s.receiver_alive && apply_recv(t, s, o, choice);
  }
  if (o.kind == operation_kind::drop_receiver) {
    if (choice != 0 || !s.receiver_alive) {
      return false;
    }
    s.receiver_alive = false;
    if (tells_senders(t)) {
      s.buffer.clear();
    }
    return true;
  }
  const auto handle = std::ranges::lower_bound(s.senders, o.handle);
  if (handle == s.senders.end() || *handle != o.handle) {
    return false;  // the sender is not alive
  }
  if (is_send(o.kind)) {
    return apply_send(t, s, o, choice);
  }
  if (choice != 0) {
    return false;
  }
  if (o.kind == operation_kind::drop_sender) {
    s.senders.erase(handle);
    return true;
  }
  const auto made = static_cast<std::uint32_t>(o.value);
  const auto at = std::ranges::lower_bound(s.senders, made);
  if (at != s.senders.end() && *at == made) {
    return false;  // a clone is a new handle
  }
  s.senders.insert(at, made);
  return true;
}

bool can_meet(const terms& t, const channel_state& s, const operation& send, const operation& recv) noexcept {
  const bool same_value = send.result == outcome::ok && recv.result == outcome::ok && send.value == recv.value;
  const bool one_is_pending =
      (send.result == outcome::pending && recv.result == outcome::ok && send.value == recv.value) ||
      (send.result == outcome::ok && recv.result == outcome::pending);
  return is_rendezvous(t) && is_send(send.kind) && is_recv(recv.kind) && (same_value || one_is_pending) &&
         (send.kind != operation_kind::try_send || recv.kind != operation_kind::try_recv) && s.receiver_alive &&
         std::ranges::binary_search(s.senders, send.handle);
}

std::vector<channel_state> step(const terms& t, const channel_state& s, const operation& o) {
  std::vector<channel_state> followers;
  channel_state follower = s;
  for (std::size_t choice = 0; apply(t, follower, o, choice); ++choice) {
    followers.push_back(follower);
    follower = s;
  }
  return followers;
}

std::vector<channel_state> step(const terms& t, const channel_state& s, const operation& send, const operation& recv) {
  // Nothing is buffered, before or after: the two outcomes are all that comes of it.
  return can_meet(t, s, send, recv) ? std::vector{s} : std::vector<channel_state>{};
}

bool should_have_returned(const terms& t, const channel_state& s, const operation& pending, bool peer_waits) noexcept {
  switch (pending.kind) {
    case operation_kind::recv:
    case operation_kind::recv_for:
      return !s.buffer.empty() || peer_waits || (tells_receiver(t) && nobody_sends(s));
    case operation_kind::send:
    case operation_kind::send_for:
      return (!is_rendezvous(t) && !is_full(t, s)) || peer_waits || (tells_senders(t) && !s.receiver_alive);
    default:
      return true;  // the others never wait
  }
}

}  // namespace plumbline::oracle

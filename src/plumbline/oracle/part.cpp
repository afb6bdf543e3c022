#include "plumbline/oracle/part.hpp"

#include <algorithm>
#include <unordered_map>

#include "plumbline/oracle/model.hpp"

namespace plumbline::oracle {
namespace {

bool overlap(const operation& a, const operation& b) { return a.begin <= b.end && b.begin <= a.end; }
bool put(const operation& o) { return is_send(o.kind) && (o.result == outcome::ok || o.result == outcome::pending); }
bool received(const operation& o) { return is_recv(o.kind) && o.result == outcome::ok; }
bool finds_nothing(const operation& o) {
  return is_recv(o.kind) && (o.result == outcome::empty || o.result == outcome::timeout);
}
bool finds_no_room(const operation& o) {
  return is_send(o.kind) && (o.result == outcome::full || o.result == outcome::timeout);
}

}  // namespace

bool stands_for_the_whole(const history& part, const history& whole, const std::vector<bool>& kept) {
  std::unordered_map<std::uint64_t, std::uint64_t> received_at;
  for (const operation& o : whole.operations) {
    if (received(o)) {
      received_at.emplace(o.value, o.end);
    }
  }
  const bool can_be_full = room({whole.promised, whole.capacity}).value_or(0) > 0;
  const bool full_needs_all = can_be_full && whole.promised.full == fullness::honest;
  const bool may_make_room = whole.promised.capacity == bound::exact && whole.capacity && !whole.quiescent;
  const auto is_needed_for = [&](const operation& o, const operation& p) {
    const bool may_enter = put(o) && !(whole.quiescent && o.result == outcome::pending);
    const bool stays = may_enter && !received_at.contains(o.value);
    switch (o.kind) {
      case operation_kind::drop_sender:
        return is_recv(p.kind) && p.result == outcome::disconnected;
      case operation_kind::drop_receiver:
        return is_send(p.kind) && p.result == outcome::disconnected;
      case operation_kind::clone:
        return p.kind == operation_kind::drop_sender;  // fewer senders could all be gone
      case operation_kind::recv:
      case operation_kind::try_recv:
      case operation_kind::recv_for:  // a pending one may have made room, where there is not always some
        return received(o) ? put(p) && p.value == o.value
                           : may_make_room && o.result == outcome::pending && put(p) && !received_at.contains(p.value);
      default:
        return (put(o) && received(p) && p.value == o.value) ||
               (may_enter && full_needs_all && finds_no_room(p) && !received_at.contains(p.value) && o.begin <= p.end &&
                (stays || p.begin <= received_at.at(o.value))) ||
               (stays && can_be_full && whole.quiescent && is_send(p.kind) && p.result == outcome::pending) ||
               (finds_nothing(p) && whole.promised.empty != emptiness::honest && overlap(o, p));
    }
  };
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i] && std::ranges::any_of(part.operations,
                                        [&](const operation& p) { return is_needed_for(whole.operations[i], p); })) {
      return false;
    }
  }
  return true;
}

}  // namespace plumbline::oracle

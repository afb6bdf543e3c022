#include "enumeration.hpp"

#include <algorithm>
#include <deque>
#include <vector>

namespace plumbline::oracle::test {
namespace {

// A step of a sequence: an operation takes effect. Where `empty` is said while the head is in the making, sending takes
// two steps: the value gets its place, and later it is published.
struct effect {
  const operation* by;
  bool publishes = false;
};

struct item {
  std::uint64_t value;
  std::uint32_t handle;
  bool published;
};

struct channel {
  std::deque<item> queue;
  int senders;
  bool receiver = true;
};

class enumeration {
 public:
  explicit enumeration(const history& h) : h_(h), two_steps_(h.promised.empty == emptiness::head_of_line) {
    for (const operation& o : h.operations) {
      if (o.result == outcome::pending && h.quiescent) {
        stuck_.push_back(&o);
        continue;
      }
      todo_.push_back({&o});
      if (two_steps_ && is_send(o.kind) && (o.result == outcome::ok || o.result == outcome::pending)) {
        todo_.push_back({&o, true});
      }
    }
  }

  bool any() const { return extend({.queue = {}, .senders = static_cast<int>(h_.senders)}, todo_); }

 private:
  bool receiver_is_told() const { return h_.promised.disconnect != disconnection::none; }
  bool senders_are_told() const { return h_.promised.disconnect == disconnection::both; }
  bool unbounded() const { return h_.promised.capacity == bound::unbounded || !h_.capacity; }
  bool rendezvous() const { return h_.promised.capacity == bound::exact && h_.capacity == 0; }
  bool full(const channel& c) const { return !unbounded() && c.queue.size() >= *h_.capacity; }

  static bool comes_first(const effect& a, const effect& b) {
    const bool on_receiver = is_receiver_operation(a.by->kind) && is_receiver_operation(b.by->kind);
    if (!is_receiver_operation(a.by->kind) && !is_receiver_operation(b.by->kind)) {
      const bool makes_it = a.by->kind == operation_kind::clone && a.by->value == b.by->handle && a.by < b.by;
      const bool drops_it = b.by->kind == operation_kind::drop_sender && a.by->handle == b.by->handle && a.by < b.by;
      if (makes_it || drops_it) {
        return true;
      }
    }
    return a.by->end < b.by->begin || (a.by == b.by && b.publishes && !a.publishes) || (a.by < b.by && on_receiver);
  }

  bool extend(const channel& c, const std::vector<effect>& rest) const {
    const bool finished = std::ranges::all_of(rest, [](const effect& e) { return e.by->result == outcome::pending; });
    if (finished && nobody_should_have_returned(c)) {
      return true;
    }
    for (const effect& next : rest) {
      if (std::ranges::any_of(rest, [&](const effect& e) { return comes_first(e, next); })) {
        continue;
      }
      const auto without = [&](const effect& gone, const effect& too) {
        std::vector<effect> left;
        for (const effect& e : rest) {
          if ((e.by != gone.by || e.publishes != gone.publishes) && e.by != too.by) {
            left.push_back(e);
          }
        }
        return left;
      };
      for (const channel& after : followers(c, next)) {
        if (extend(after, without(next, {nullptr}))) {
          return true;
        }
      }
      if (!rendezvous() || !is_send(next.by->kind)) {
        continue;
      }
      for (const effect& peer : rest) {
        if (meet(c, *next.by, *peer.by) &&
            std::ranges::none_of(rest, [&](const effect& e) { return comes_first(e, peer); }) &&
            extend(c, without(peer, next))) {
          return true;
        }
      }
    }
    return false;
  }

  bool meet(const channel& c, const operation& s, const operation& r) const {
    const bool takes =
        (r.result == outcome::ok && r.value == s.value && (s.result == outcome::ok || s.result == outcome::pending)) ||
        (r.result == outcome::pending && s.result == outcome::ok);
    return is_recv(r.kind) && takes && c.receiver &&
           !(s.kind == operation_kind::try_send && r.kind == operation_kind::try_recv);
  }

  // The positions in the queue of what may be received next.
  std::vector<std::size_t> heads(const channel& c) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < c.queue.size(); ++i) {
      bool is_head = h_.promised.order == order::unordered || i == 0;
      if (h_.promised.order == order::per_sender) {
        is_head = std::none_of(c.queue.begin(), c.queue.begin() + static_cast<std::ptrdiff_t>(i),
                               [&](const item& earlier) { return earlier.handle == c.queue[i].handle; });
      }
      if (is_head) {
        found.push_back(i);
      }
    }
    return found;
  }

  bool may_be_empty(const channel& c, const operation& o) const {
    if (receiver_is_told() && c.senders == 0) {
      return false;
    }
    if (h_.promised.empty == emptiness::weak) {
      for (const operation& s : h_.operations) {
        if (is_send(s.kind) && s.begin <= o.end && o.begin <= s.end) {
          return true;
        }
      }
    }
    const auto next = heads(c);  // without promised.empty == head_of_line everything is published
    return std::ranges::none_of(next, [&](std::size_t i) { return c.queue[i].published; });
  }

  std::vector<channel> followers(const channel& c, const effect& e) const {
    const operation& o = *e.by;
    channel after = c;
    if (e.publishes) {
      const auto mine = std::ranges::find(after.queue, o.value, &item::value);
      if (mine != after.queue.end()) {
        mine->published = true;
      } else if (c.receiver || !senders_are_told()) {
        return {};  // it has no place yet: nothing to publish. (If the receiver is gone, so is the place.)
      }
      return {after};
    }
    const auto if_legal = [&](bool legal) { return legal ? std::vector{after} : std::vector<channel>{}; };
    if (is_send(o.kind)) {
      switch (o.result) {
        case outcome::ok:
        case outcome::pending:
          if ((senders_are_told() && !c.receiver) || (h_.promised.capacity == bound::exact && full(c))) {
            return {};
          }
          after.queue.push_back({o.value, o.handle, !two_steps_});
          return {after};
        case outcome::disconnected:
          return if_legal(senders_are_told() && !c.receiver);
        default:  // full, timeout
          return if_legal((c.receiver || !senders_are_told()) &&
                          (full(c) || (h_.promised.full == fullness::spurious && !unbounded())));
      }
    }
    if (is_recv(o.kind)) {
      std::vector<channel> all;
      switch (o.result) {
        case outcome::ok:
        case outcome::pending:
          for (const std::size_t i : heads(c)) {
            const bool wanted = o.result == outcome::pending || c.queue[i].value == o.value;
            if (wanted && c.queue[i].published && c.receiver) {
              after = c;
              after.queue.erase(after.queue.begin() + static_cast<std::ptrdiff_t>(i));
              all.push_back(after);
            }
          }
          return all;
        case outcome::disconnected:
          return if_legal(receiver_is_told() && c.senders == 0 && c.queue.empty());
        default:  // empty, timeout
          return if_legal(may_be_empty(c, o));
      }
    }
    if (o.kind == operation_kind::drop_receiver) {
      after.receiver = false;
      if (senders_are_told()) {
        after.queue.clear();
      }
    } else {
      after.senders += o.kind == operation_kind::clone ? 1 : -1;
    }
    return {after};
  }

  bool nobody_should_have_returned(const channel& c) const {
    return std::ranges::none_of(stuck_, [&](const operation* o) {
      switch (o->kind) {
        case operation_kind::send:
        case operation_kind::send_for:
          return (senders_are_told() && !c.receiver) || (!rendezvous() && !full(c));
        case operation_kind::recv:
        case operation_kind::recv_for:
          return !c.queue.empty() || (receiver_is_told() && c.senders == 0) ||
                 (rendezvous() && std::ranges::any_of(stuck_, [](const operation* s) { return is_send(s->kind); }));
        default:
          return true;
      }
    });
  }

  const history& h_;
  const bool two_steps_;
  std::vector<effect> todo_;
  std::vector<const operation*> stuck_;  // pending, and nothing moves any more
};

}  // namespace

bool has_a_legal_order(const history& h) { return enumeration(h).any(); }

}  // namespace plumbline::oracle::test

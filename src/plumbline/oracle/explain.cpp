#include "plumbline/oracle/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "plumbline/oracle/plain_breach.hpp"

namespace plumbline::oracle {
namespace {

using operations = std::vector<operation>;

bool ended_before(const operation& a, const operation& b) { return a.end < b.begin; }

// The first operation of which that is true; null if there is none.
template <class Predicate>
const operation* first(const operations& all, Predicate predicate) {
  const auto found = std::ranges::find_if(all, predicate);
  return found == all.end() ? nullptr : &*found;
}

bool received(const operation& o) { return is_recv(o.kind) && o.result == outcome::ok; }
bool sent(const operation& o) { return is_send(o.kind) && o.result == outcome::ok; }
bool blocked(const operation& o) { return o.result == outcome::pending; }

const operation* receive_of(const operations& all, std::uint64_t value) {
  return first(all, [&](const operation& o) { return received(o) && o.value == value; });
}
std::string report(const operation& o) { return fmt::format("{} reported {}", name(o), to_string(o.result)); }

// How an operation is spoken of with what it said: it succeeded, or it reported something.
std::string result(const operation& o) {
  return o.result == outcome::ok ? fmt::format("{} succeeded", name(o)) : report(o);
}

std::string list(const std::vector<std::uint64_t>& values) {
  if (values.size() == 1) {
    return std::to_string(values.front());
  }
  return fmt::format("{} and {}", fmt::join(values.begin(), values.end() - 1, ", "), values.back());
}

// a was to arrive before b, and did not.
std::string because_order(const operations& all, bool of_one_sender) {
  for (const operation& b : all) {
    const operation* const got_b = is_send(b.kind) ? receive_of(all, b.value) : nullptr;
    if (got_b == nullptr) {
      continue;
    }
    for (const operation& a : all) {
      const operation* const got_a = sent(a) ? receive_of(all, a.value) : nullptr;
      if (!sent(a) || !ended_before(a, b) || (of_one_sender && a.handle != b.handle) ||
          (got_a != nullptr && got_a < got_b)) {
        continue;
      }
      const std::string whose = a.handle == b.handle ? fmt::format(", both of sender {}", a.handle) : "";
      if (got_a != nullptr) {
        return fmt::format("{} was received before {}, but {} had ended before {} began{}", b.value, a.value, name(a),
                           name(b), whose);
      }
      return fmt::format("{} was received and {} never, but {} had ended before {} began{}", b.value, a.value, name(a),
                         name(b), whose);
    }
  }
  return {};
}

// A receive said that there was nothing, and there was something.
std::string because_not_empty(const operations& all, outcome said) {
  for (const operation& e : all) {
    if (!is_recv(e.kind) || e.result != said) {
      continue;
    }
    for (const operation& a : all) {
      const operation* const got_a = sent(a) ? receive_of(all, a.value) : nullptr;
      if (sent(a) && ended_before(a, e) && (got_a == nullptr || got_a > &e)) {
        return fmt::format("{}, but {} had ended before it began, and {} was {}", report(e), name(a), a.value,
                           got_a == nullptr ? "never received" : "received only later");
      }
    }
  }
  return {};
}

// A send said that there was no room, and there was.
std::string because_not_full(const history& h) {
  const operations& all = h.operations;
  const operation* const f = first(all, [](const operation& o) {
    return is_send(o.kind) && (o.result == outcome::full || o.result == outcome::timeout);
  });
  if (f == nullptr) {
    return {};
  }
  if (h.promised.capacity == bound::unbounded || !h.capacity) {
    return fmt::format("{}, but the channel is unbounded", report(*f));
  }
  const auto buffered_at_most = static_cast<std::size_t>(std::ranges::count_if(all, [&](const operation& s) {
    const operation* const got = is_send(s.kind) ? receive_of(all, s.value) : nullptr;
    return is_send(s.kind) && (s.result == outcome::ok || s.result == outcome::pending) && s.begin <= f->end &&
           (got == nullptr || f->begin <= got->end);
  }));
  if (buffered_at_most == 0 && *h.capacity > 0) {
    return fmt::format("{}, but during the call nothing can have been in the channel", report(*f));
  }
  if (buffered_at_most < *h.capacity) {
    return fmt::format("{}, but during the call at most {} of {} places can have been taken", report(*f),
                       buffered_at_most, *h.capacity);
  }
  // Values that may have been inside, and would still have been there.
  const operation* const later = first(all, [&](const operation& e) {
    return is_recv(e.kind) && (e.result == outcome::empty || e.result == outcome::timeout) && ended_before(*f, e) &&
           first(all, [&](const operation& s) {
             const operation* const got = is_send(s.kind) ? receive_of(all, s.value) : nullptr;
             return (sent(s) || (is_send(s.kind) && blocked(s))) && s.begin <= f->end && (got == nullptr || got > &e);
           }) != nullptr;
  });
  return fmt::format("{}, but at no instant of the call can {} have been taken{}", report(*f),
                     *h.capacity == 1 ? "the one place" : fmt::format("all {} places", *h.capacity),
                     later == nullptr ? "" : fmt::format(", for later {}", report(*later)));
}

std::string because_timeout(const history& h) {
  const std::string why = because_not_empty(h.operations, outcome::timeout);
  return why.empty() ? because_not_full(h) : why;
}

// What would have been in the channel when a send ended: what had been sent by then, or, in a channel that keeps the
// order of all values, had to be, and cannot have been received yet. More than fits.
struct crowd {
  const operation* last = nullptr;
  std::vector<std::uint64_t> inside;
  const operation* overtaker = nullptr;  // is among them only because its value was received first
  const operation* taker = nullptr;      // a receive that has not ended may have taken one
};

std::optional<crowd> too_many(const history& h, bool ordered) {
  const operations& all = h.operations;
  for (const operation& last : all) {
    if (!sent(last)) {
      continue;
    }
    crowd found{.last = &last, .inside = {}};
    const operation* const got_last = receive_of(all, last.value);
    for (const operation& s : all) {
      const operation* const got = is_send(s.kind) ? receive_of(all, s.value) : nullptr;
      const bool had_ended = sent(s) && s.end <= last.end;
      const bool comes_first = ordered && got != nullptr && (got_last == nullptr || got < got_last);
      if (is_send(s.kind) && (had_ended || comes_first) && (got == nullptr || got->begin > last.end)) {
        found.inside.push_back(s.value);
        found.overtaker = had_ended ? found.overtaker : &s;
      }
    }
    found.taker = first(all, [&](const operation& r) { return is_recv(r.kind) && blocked(r) && r.begin <= last.end; });
    if (found.inside.size() > h.capacity.value_or(0) + (found.taker == nullptr ? 0 : 1)) {
      return found;
    }
  }
  return std::nullopt;
}

std::string what_fits(const history& h, const crowd& c) {
  return fmt::format("{} {}{}", h.capacity.value_or(0), h.capacity == 1 ? "value fits" : "values fit",
                     c.taker == nullptr ? "" : ", and one may have been taken by the receive that has not ended");
}

// All the while that a send was under way, the places were taken.
std::string because_never_room(const history& h) {
  for (const operation& last : h.operations) {
    const operation* const got_last = is_send(last.kind) ? receive_of(h.operations, last.value) : nullptr;
    if (!sent(last) && got_last == nullptr) {
      continue;
    }
    const std::uint64_t until = got_last == nullptr ? last.end : std::min(last.end, got_last->end);
    std::vector<std::uint64_t> inside;
    for (const operation& s : h.operations) {
      const operation* const got = is_send(s.kind) ? receive_of(h.operations, s.value) : nullptr;
      if (sent(s) && ended_before(s, last) && (got == nullptr || got->begin > until)) {
        inside.push_back(s.value);
      }
    }
    if (!inside.empty() && inside.size() >= h.capacity.value_or(0)) {
      return fmt::format("{} was sent although {} {} inside all the while, and {} {}", last.value, list(inside),
                         inside.size() == 1 ? "was" : "were", h.capacity.value_or(0),
                         h.capacity == 1 ? "value fits" : "values fit");
    }
  }
  return {};
}

std::string because_capacity(const history& h) {
  auto found = too_many(h, false);
  std::string in_order;
  if (!found && h.promised.order == order::linearizable) {
    found = too_many(h, true);
    if (found) {
      in_order = fmt::format(" ({} before {}, for {})", found->overtaker->value, found->last->value,
                             receive_of(h.operations, found->last->value) == nullptr
                                 ? fmt::format("only {} was received", found->overtaker->value)
                                 : "so they were received");
    }
  }
  return !found ? because_never_room(h)
                : fmt::format("when {} ended, {} had been sent{} and no receive of {} had begun, but {}",
                              name(*found->last), list(found->inside), in_order,
                              found->inside.size() == 1 ? "it" : "them", what_fits(h, *found));
}

// The order in which values were received is that in which they were sent only if more was in the channel than fits.
std::string because_no_room(const history& h) {
  const auto found = h.promised.order == order::linearizable ? too_many(h, true) : std::nullopt;
  if (!found || found->overtaker == nullptr) {
    return {};
  }
  const operation& last = *found->last;
  return fmt::format(
      "{0} was received {1}, but was not sent before it: when {2} ended, {3} would have been inside, and {4}",
      found->overtaker->value,
      receive_of(h.operations, last.value) == nullptr ? fmt::format("and {} never", last.value)
                                                      : fmt::format("before {}", last.value),
      name(last), list(found->inside), what_fits(h, *found));
}

std::string because_rendezvous(const operations& all) {
  const operation* const waiting = first(all, [](const operation& r) { return is_recv(r.kind) && blocked(r); });
  const operation* unmet = nullptr;
  for (const operation& s : all) {
    if (!is_send(s.kind)) {
      continue;
    }
    if (const operation* const r = receive_of(all, s.value)) {
      if (ended_before(s, *r)) {
        return fmt::format("{} succeeded before the {} that received {} began: the two have to overlap", name(s),
                           name(*r), s.value);
      }
      if (s.kind == operation_kind::try_send && r->kind == operation_kind::try_recv) {
        return fmt::format("{} met try_recv, but neither of the two waits for the other", name(s));
      }
      continue;
    }
    if (s.result != outcome::ok) {
      continue;
    }
    if (waiting == nullptr) {
      return fmt::format("{} succeeded, but nobody received {}", name(s), s.value);
    }
    if (ended_before(s, *waiting)) {
      return fmt::format("{} succeeded before the only receive that can have taken {} began", name(s), s.value);
    }
    if (s.kind == operation_kind::try_send && waiting->kind == operation_kind::try_recv) {
      return fmt::format(
          "{} succeeded, but only try_recv can have taken {}, and neither of the two waits for the other", name(s),
          s.value);
    }
    if (unmet != nullptr) {
      return fmt::format("{} and {} both succeeded, but only one receive can have taken their values", name(*unmet),
                         name(s));
    }
    unmet = &s;
  }
  return {};
}

std::string because_recv_disconnected(const history& h) {
  const operations& all = h.operations;
  const auto says_disconnected = [](const operation& o) {
    return is_recv(o.kind) && o.result == outcome::disconnected;
  };
  for (const operation& e : all) {
    if (!is_recv(e.kind) || (e.result != outcome::empty && e.result != outcome::timeout)) {
      continue;
    }
    if (const operation* const d = first(all, says_disconnected); d != nullptr && d < &e) {
      return fmt::format("{} after {} had reported disconnected", report(e), name(*d));
    }
    return fmt::format("{}, but the last sender was gone before it began", report(e));
  }
  const operation* const d = first(all, says_disconnected);
  if (d == nullptr) {
    return {};
  }
  if (!tells_receiver(h.promised.disconnect)) {
    return fmt::format("{}, and this channel declares that it never does", report(*d));
  }
  const operation* const late =
      first(all, [&](const operation& o) { return o.kind == operation_kind::drop_sender && ended_before(*d, o); });
  if (late != nullptr) {
    return fmt::format("{}, but sender {} began to be dropped only later", report(*d), late->handle);
  }
  for (std::uint32_t handle = 0; handle < h.senders; ++handle) {
    if (first(all, [&](const operation& o) { return o.kind == operation_kind::drop_sender && o.handle == handle; }) ==
        nullptr) {
      return fmt::format("{}, but sender {} was never dropped", report(*d), handle);
    }
  }
  if (const operation* const value = first(all, [&](const operation& o) { return received(o) && d < &o; })) {
    return fmt::format("{}, but {} was received only later", report(*d), value->value);
  }
  if (const operation* const c = first(all, [](const operation& o) { return o.kind == operation_kind::clone; })) {
    return fmt::format("{}, but sender {}, a clone, was still there", report(*d), c->value);
  }
  return {};
}

std::string because_send_disconnected(const history& h) {
  const operations& all = h.operations;
  const auto says_disconnected = [](const operation& o) {
    return is_send(o.kind) && o.result == outcome::disconnected;
  };
  const operation* const dropped =
      first(all, [](const operation& o) { return o.kind == operation_kind::drop_receiver; });
  for (const operation& d : all) {
    if (!says_disconnected(d)) {
      continue;
    }
    if (!tells_senders(h.promised.disconnect)) {
      return fmt::format("{}, and this channel declares that it never does", report(d));
    }
    if (receive_of(all, d.value) != nullptr) {
      return fmt::format("{}, but {} was received", report(d), d.value);
    }
    if (dropped == nullptr) {
      return fmt::format("{}, but the receiver was never dropped", report(d));
    }
    if (ended_before(d, *dropped)) {
      return fmt::format("{}, but the receiver began to be dropped only later", report(d));
    }
  }
  for (const operation& s : all) {
    if (!is_send(s.kind) || says_disconnected(s) || blocked(s)) {
      continue;
    }
    if (dropped != nullptr && ended_before(*dropped, s)) {
      return fmt::format("{}, but the receiver was gone before it began", result(s));
    }
    if (const operation* const d =
            first(all, [&](const operation& o) { return says_disconnected(o) && ended_before(o, s); })) {
      return fmt::format("{}, but before it began {} had reported disconnected", result(s), name(*d));
    }
  }
  return {};
}

std::string because_lost(const operations& all) {
  const operation* const lost =
      first(all, [&](const operation& s) { return sent(s) && receive_of(all, s.value) == nullptr; });
  const auto says_disconnected = [](const operation& o) {
    return is_recv(o.kind) && o.result == outcome::disconnected;
  };
  const auto says_nothing_later = [&](const operation& r) {
    return is_recv(r.kind) && ended_before(*lost, r) && (r.result == outcome::empty || r.result == outcome::timeout);
  };
  if (lost != nullptr) {
    // `disconnected` is the rule's own case; it may also show earlier, or by a later value.
    const operation* shown = first(all, says_disconnected);
    shown = shown != nullptr ? shown : first(all, says_nothing_later);
    return shown != nullptr
               ? fmt::format("{}, but {} succeeded and {} was never received", report(*shown), name(*lost), lost->value)
               : fmt::format("{} succeeded, but {} was never received, and later values were", name(*lost),
                             lost->value);
  }
  // Nothing was lost in the end, but it was said that nothing more would come.
  const operation* const d = first(all, says_disconnected);
  const operation* const late = first(all, [&](const operation& r) { return received(r) && d != nullptr && d < &r; });
  return late == nullptr ? std::string() : fmt::format("{}, but {} was received only later", report(*d), late->value);
}

std::string because_asleep(const history& h, bool receiver) {
  const operations& all = h.operations;
  const auto waits = [](const operation& o) {
    return o.kind == operation_kind::send || o.kind == operation_kind::send_for || o.kind == operation_kind::recv ||
           o.kind == operation_kind::recv_for;
  };
  const operation* const stuck =
      first(all, [&](const operation& o) { return blocked(o) && is_receiver_operation(o.kind) == receiver; });
  if (stuck == nullptr) {
    return {};
  }
  const std::string still = fmt::format("{} never returned, although", name(*stuck));
  if (!waits(*stuck)) {
    return fmt::format("{} it waits for nobody", still);
  }
  if (receiver) {
    if (const operation* const s =
            first(all, [&](const operation& o) { return sent(o) && receive_of(all, o.value) == nullptr; })) {
      return fmt::format("{} {} had succeeded, and nobody received {}", still, name(*s), s->value);
    }
    if (const operation* const s = first(all, [](const operation& o) { return is_send(o.kind) && blocked(o); })) {
      return fmt::format("{} {} waits, too: the two should have met", still, name(*s));
    }
    return fmt::format("{} every sender is gone", still);
  }
  if (receive_of(all, stuck->value) != nullptr) {
    return fmt::format("{} {} was received", still, stuck->value);
  }
  if (first(all, [](const operation& o) { return o.kind == operation_kind::drop_receiver; }) != nullptr) {
    return fmt::format("{} the receiver is gone", still);
  }
  if (h.promised.capacity == bound::unbounded || !h.capacity) {
    return fmt::format("{} the channel is unbounded", still);
  }
  const auto taken =
      std::ranges::count_if(all, [&](const operation& s) { return sent(s) && receive_of(all, s.value) == nullptr; });
  return fmt::format("{} there is room: {} of {} places {} taken", still, taken, *h.capacity,
                     *h.capacity == 1 ? "is" : "are");
}

std::string reason(const history& h, rule broken) {
  switch (broken) {
    case rule::fifo:
    case rule::sender_order: {
      std::string why = because_order(h.operations, broken == rule::sender_order);
      return why.empty() ? because_no_room(h) : why;
    }
    case rule::no_loss:
      return because_lost(h.operations);
    case rule::recv_disconnected:
      return because_recv_disconnected(h);
    case rule::send_disconnected:
      return because_send_disconnected(h);
    case rule::empty_honest:
      return because_not_empty(h.operations, outcome::empty);
    case rule::full_honest:
      return because_not_full(h);
    case rule::timeout_clean:
      return because_timeout(h);
    case rule::capacity:
      return because_capacity(h);
    case rule::rendezvous:
      return because_rendezvous(h.operations);
    case rule::wake_recv:
      return because_asleep(h, true);
    case rule::wake_send:
      return because_asleep(h, false);
    case rule::integrity: {
      const auto breach = find_plain_breach(h);
      return breach ? breach->because : std::string();
    }
    case rule::lifetime:
      return {};
  }
  std::unreachable();
}

}  // namespace

std::string because(const history& smallest, rule broken) {
  const std::string why = reason(smallest, broken);
  return why.empty() ? fmt::format("no order of these operations keeps {}", to_string(broken)) : why;
}

std::string name(const operation& o) {
  switch (o.kind) {
    case operation_kind::send:
    case operation_kind::try_send:
    case operation_kind::send_for:
      return fmt::format("{}({})", to_string(o.kind), o.value);
    case operation_kind::clone:
      return fmt::format("clone(sender {})", o.handle);
    case operation_kind::drop_sender:
      return fmt::format("drop(sender {})", o.handle);
    case operation_kind::drop_receiver:
      return "drop(receiver)";
    default:
      return std::string(to_string(o.kind));
  }
}

std::string label(const operation& o, const char* arrow, const char* dots) {
  if (o.result == outcome::pending) {
    return name(o) + dots;
  }
  if (o.result != outcome::ok) {
    return fmt::format("{}{}{}", name(o), arrow, to_string(o.result));
  }
  return is_recv(o.kind) || o.kind == operation_kind::clone ? fmt::format("{}{}{}", name(o), arrow, o.value) : name(o);
}

std::string difference(const contract& declared, const contract& kept) {
  std::vector<std::string> parts;
  const auto compare = [&](const char* dimension, auto before, auto after) {
    if (before != after) {
      parts.push_back(fmt::format("{}={} instead of {}", dimension, to_string(after), to_string(before)));
    }
  };
  compare("order", declared.order, kept.order);
  compare("empty", declared.empty, kept.empty);
  compare("full", declared.full, kept.full);
  compare("capacity", declared.capacity, kept.capacity);
  compare("disconnect", declared.disconnect, kept.disconnect);
  return parts.empty() ? "everything it declares" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace plumbline::oracle

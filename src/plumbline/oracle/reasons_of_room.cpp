#include <fmt/ranges.h>

#include <optional>

#include "plumbline/oracle/reasons.hpp"

namespace plumbline::oracle::reasons {
namespace {

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
  return fmt::format(
      "{} {}{}", h.capacity.value_or(0), h.capacity == 1 ? "value fits" : "values fit",
      c.taker == nullptr ? "" : ", and one more at most has been taken, by the receive that has not ended");
}

// All the while that a send was under way, the places were taken.
std::string because_never_room(const history& h) {
  for (const operation& last : h.operations) {
    const operation* const got_last = is_send(last.kind) ? receive_of(h.operations, last.value) : nullptr;
    if (!sent(last) && got_last == nullptr) {
      continue;
    }
    const std::uint64_t until = in_by(h.operations, last);
    std::vector<std::uint64_t> inside;
    for (const operation& s : h.operations) {
      if (sent(s) && ended_before(s, last) && out_from(h.operations, s) > until) {
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

// One place: neither of two values can have left before the other one came.
std::string because_one_at_a_time(const history& h, const words& said) {
  const operations& all = h.operations;
  if (h.capacity != 1U) {
    return {};
  }
  const auto cannot_leave_before = [&](const operation& a, const operation& b) {
    return sent(b) && out_from(all, a) > in_by(all, b);
  };
  const auto why = [&](const operation& a, const operation& b) {
    return receive_of(all, a.value) == nullptr ? fmt::format("{} {} received", a.value, said.was_never)
           : ended_before(b, *receive_of(all, a.value))
               ? fmt::format("the receive of {} began after {} had ended", a.value, name(b))
               : fmt::format("the receive of {} began after {} had been received", a.value, b.value);
  };
  for (const operation& a : all) {
    for (const operation& b : all) {
      if (&a < &b && sent(a) && sent(b) && cannot_leave_before(a, b) && cannot_leave_before(b, a)) {
        return fmt::format(
            "{} and {} were both sent, and one value fits, but neither can have left before the other one came: {}, "
            "and {}",
            a.value, b.value, why(a, b), why(b, a));
      }
    }
  }
  return {};
}

}  // namespace

// A send said that there was no room, and there was.
std::string because_not_full(const history& h, const words& said) {
  const operations& all = h.operations;
  const operation* const f = first(all, found_no_room);
  if (f == nullptr) {
    return {};
  }
  if (h.promised.capacity == bound::unbounded || !h.capacity) {
    return fmt::format("{}, but the channel is unbounded", report(*f));
  }
  if (const operation* const got = receive_of(all, f->value)) {
    return fmt::format("{}, but {} was received by {}", report(*f), f->value, name(*got));
  }
  if (said.so_far) {  // what else was inside may have been forgotten
    return fmt::format("{}, but at no instant of the call can {} have been taken", report(*f), all_places(*h.capacity));
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
  return fmt::format("{}, but at no instant of the call can {} have been taken{}", report(*f), all_places(*h.capacity),
                     later == nullptr ? "" : fmt::format(", for later {}", report(*later)));
}

std::string because_capacity(const history& h, const words& said) {
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
  if (!found) {
    const std::string why = because_never_room(h);
    return why.empty() ? because_one_at_a_time(h, said) : why;
  }
  return fmt::format("when {} ended, {} had been sent{} and no receive of {} had begun, but {}", name(*found->last),
                     list(found->inside), in_order, found->inside.size() == 1 ? "it" : "them", what_fits(h, *found));
}

// The order in which values were received is that in which they were sent only if more was in the channel than fits.
std::string because_no_room(const history& h, const words& said) {
  const auto found = h.promised.order == order::linearizable ? too_many(h, true) : std::nullopt;
  if (!found || found->overtaker == nullptr) {
    return {};
  }
  const operation& last = *found->last;
  return fmt::format(
      "{0} was received {1}, but was not sent before it: when {2} ended, {3} would have been inside, and {4}",
      found->overtaker->value,
      receive_of(h.operations, last.value) == nullptr ? fmt::format("and {} {}", last.value, said.never)
                                                      : fmt::format("before {}", last.value),
      name(last), list(found->inside), what_fits(h, *found));
}

std::vector<std::string> steps_to_no_room(const history& h, const words& said) {
  const bool has_places = h.promised.order == order::linearizable && h.promised.capacity == bound::exact && h.capacity;
  const auto found = has_places ? too_many(h, true) : std::nullopt;
  if (!found || found->overtaker == nullptr) {
    return {};
  }
  const operation& last = *found->last;
  const bool last_was_received = receive_of(h.operations, last.value) != nullptr;
  std::vector<std::string> steps = {
      fmt::format(
          "{} was received {}: in the order of this channel it was sent before {}", found->overtaker->value,
          last_was_received ? fmt::format("before {}", last.value) : fmt::format("and {} {}", last.value, said.never),
          last.value),
      fmt::format("so when {} ended at {}, {} were inside, for no receive of them had begun", name(last), last.end,
                  list(found->inside))};
  steps.push_back(fmt::format("but {}", what_fits(h, *found)));
  return steps;
}

std::string because_rendezvous(const operations& all, const words& said) {
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
      return fmt::format("{} succeeded, but {} {}", name(s), said.nobody_received, s.value);
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

}  // namespace plumbline::oracle::reasons

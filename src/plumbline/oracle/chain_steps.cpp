#include "plumbline/oracle/chain_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace plumbline::oracle::reasons {
namespace {

// The time in which a value can have been inside.
struct stay {
  const operation* send = nullptr;
  std::uint64_t from = 0;
  std::uint64_t until = operation::never;
  const earliest_instant* because = nullptr;  // of `from`

  bool covers(std::uint64_t instant) const { return from <= instant && instant <= until; }
};

std::vector<stay> stays_of(const history& h, const std::vector<passage>& passages) {
  std::vector<stay> all;
  for (const passage& p : passages) {
    all.push_back({p.send, p.earliest.after, p.recv == nullptr ? operation::never : p.recv->end, &p.earliest});
  }
  for (const operation& s : h.operations) {
    if (is_send(s.kind) && blocked(s) && !h.quiescent && receive_of(h.operations, s.value) == nullptr) {
      all.push_back({&s, s.begin, operation::never, nullptr});
    }
  }
  return all;
}

std::size_t most_inside(const std::vector<stay>& stays, const operation& during) {
  std::vector<std::uint64_t> instants = {during.begin};
  for (const stay& s : stays) {
    if (during.begin <= s.from && s.from <= during.end) {
      instants.push_back(s.from);
    }
  }
  std::size_t most = 0;
  for (const std::uint64_t instant : instants) {
    const auto inside = std::ranges::count_if(stays, [&](const stay& s) { return s.covers(instant); });
    most = std::max(most, static_cast<std::size_t>(inside));
  }
  return most;
}

// What is known of a value's stay during a call, if it says something.
void add_stay(const stay& s, const operation& during, steps& found) {
  const std::uint64_t value = s.send->value;
  if (s.until < during.begin) {
    found.push_back(fmt::format("{} was received, and out, by {}", value, s.until));
    return;
  }
  if (s.from > during.begin && s.because != nullptr) {
    std::ranges::copy(steps_to(*s.because), std::back_inserter(found));
  } else if (s.from > during.begin) {
    found.push_back(fmt::format("{} took effect after {}, when it began", name(*s.send), s.from));
  }
  if (s.until < during.end) {
    found.push_back(fmt::format("{} was received, and out, by {}", value, s.until));
  }
  if (s.from <= during.begin && s.until >= during.end) {
    found.push_back(fmt::format("{} may have been inside all the while", value));
  }
}

}  // namespace

// What was received had been received before, or nobody had sent it.
steps came_from_nowhere(const history& h, const words& said) {
  if (said.so_far) {
    return {};  // what was sent and received before is forgotten
  }
  for (const operation& r : h.operations) {
    if (!received(r)) {
      continue;
    }
    const operation* const before = receive_of(h.operations, r.value);
    if (before != &r) {
      return {fmt::format("{} took {} out, and had ended at {}", name(*before), r.value, before->end),
              fmt::format("but {}, which began at {}, returned it once more", name(r), r.begin)};
    }
    if (first(h.operations, [&](const operation& s) { return is_send(s.kind) && s.value == r.value; }) == nullptr) {
      return {fmt::format("{} returned {}", name(r), r.value), fmt::format("but there is no send of {}", r.value)};
    }
  }
  return {};
}

// A send that found no room: the times in which values can have been inside are too few at each of its instants.
steps never_full(const history& h, const std::vector<passage>& passages, const words& said) {
  const std::size_t places = h.capacity.value_or(0);
  if (said.so_far || places == 0 || h.promised.capacity == bound::unbounded || h.promised.full == fullness::spurious) {
    return {};
  }
  const std::vector<stay> stays = stays_of(h, passages);
  for (const operation& f : h.operations) {
    if (!found_no_room(f)) {
      continue;
    }
    const std::size_t most = most_inside(stays, f);
    if (most >= places) {
      continue;
    }
    steps found = {fmt::format("{} has to have, from {} to {}, an instant at which {} {} taken", label(f), f.begin,
                               f.end, all_places(places), places == 1 ? "is" : "are")};
    for (const stay& s : stays) {
      add_stay(s, f, found);
    }
    found.push_back(most == 0 ? fmt::format("but at each instant of it nothing is inside")
                              : fmt::format("but at each instant of it at most {} of {} {} {} taken", most, places,
                                            places == 1 ? "place" : "places", most == 1 ? "is" : "are"));
    return found;
  }
  return {};
}

// More values have been inside at one instant, for certain, than fit.
steps too_many_inside(const history& h, const words& said) {
  if (h.promised.capacity != bound::exact || !h.capacity) {
    return {};
  }
  const operations& all = h.operations;
  for (const operation& last : all) {
    if (!sent(last)) {
      continue;
    }
    const bool one_may_leave =
        first(all, [&](const operation& r) { return is_recv(r.kind) && blocked(r) && r.begin <= last.end; }) != nullptr;
    steps found;
    for (const operation& s : all) {
      const operation* const got = is_send(s.kind) ? receive_of(all, s.value) : nullptr;
      if (sent(s) && s.end <= last.end && (got == nullptr || got->begin > last.end)) {
        found.push_back(fmt::format("{} was inside from {}, when {} ended{}", s.value, s.end, name(s),
                                    got == nullptr ? fmt::format(", and {} received", said.was_never)
                                                   : fmt::format(", until {}, when its receive began", got->begin)));
      }
    }
    const std::size_t inside = found.size();
    if (inside > *h.capacity + (one_may_leave ? 1 : 0)) {
      if (one_may_leave) {
        found.emplace_back("one of them at most was taken by then, by the receive that has not ended");
      }
      found.push_back(fmt::format("so {} were inside at {}{}, but {} {}", one_may_leave ? inside - 1 : inside, last.end,
                                  one_may_leave ? " at least" : "", *h.capacity, *h.capacity == 1 ? "fits" : "fit"));
      return found;
    }
  }
  return {};
}

// All the while that a send was under way the places were taken; or, with one place, neither of two values can have
// left before the other one came.
steps never_room(const history& h, const words& said) {
  if (h.promised.capacity != bound::exact || h.capacity.value_or(0) == 0) {
    return {};
  }
  const operations& all = h.operations;
  const bool may_leave = first(all, [](const operation& r) { return is_recv(r.kind) && blocked(r); }) != nullptr;
  const auto leaves = [&](const operation& s) { return out_from(all, s); };
  const auto came = [&](const operation& s) { return in_by(all, s); };
  const auto until = [&](const operation& s) {
    const operation* const got = receive_of(all, s.value);
    return got == nullptr ? fmt::format("{} {} received", s.value, said.was_never)
                          : fmt::format("the receive of {} began at {}", s.value, got->begin);
  };
  for (const operation& late : all) {
    const operation* const got = is_send(late.kind) ? receive_of(all, late.value) : nullptr;
    if (may_leave || (!sent(late) && got == nullptr)) {
      continue;
    }
    const std::uint64_t latest = came(late);
    steps found;
    for (const operation& s : all) {
      if (sent(s) && &s != &late && ended_before(s, late) && leaves(s) > latest) {
        found.push_back(fmt::format("{} was inside from {}, when {} ended, and {}", s.value, s.end, name(s), until(s)));
      }
    }
    if (found.size() >= *h.capacity) {
      found.push_back(fmt::format("but {} began at {}, took effect by {}, and {} {}", name(late), late.begin, latest,
                                  *h.capacity, *h.capacity == 1 ? "value fits" : "values fit"));
      return found;
    }
  }
  for (const operation& a : all) {
    for (const operation& b : all) {
      const bool both = h.capacity == 1U && !may_leave && &a < &b && sent(a) && sent(b);
      if (both && leaves(a) > came(b) && leaves(b) > came(a)) {
        return {fmt::format("one value fits, so {0} left before {1} came, or {1} before {0}", a.value, b.value),
                fmt::format("not {} first: {} had come by {}, and {}", a.value, b.value, came(b), until(a)),
                fmt::format("but neither {}: {} had come by {}, and {}", b.value, a.value, came(a), until(b))};
      }
    }
  }
  return {};
}

// Head-of-line: `empty` is excused by nothing but a head whose send had not ended.
steps no_head_to_wait_for(const history& h, const words& said) {
  if (h.promised.empty != emptiness::head_of_line || h.promised.order == order::unordered) {
    return {};
  }
  const operations& all = h.operations;
  const auto one_lane = [&](const operation& a, const operation& b) {
    return h.promised.order == order::linearizable || a.handle == b.handle;
  };
  for (const operation& e : all) {
    for (const operation& s : all) {
      const operation* const got = sent(s) ? receive_of(all, s.value) : nullptr;
      if (!found_nothing(e) || !sent(s) || !ended_before(s, e) || (got != nullptr && got < &e)) {
        continue;
      }
      // What may have been ahead of it, and not there yet.
      const bool excused = first(all, [&](const operation& a) {
                             const operation* const got_a = is_send(a.kind) ? receive_of(all, a.value) : nullptr;
                             const bool may_enter = sent(a) || blocked(a);
                             return is_send(a.kind) && may_enter && one_lane(a, s) && a.end >= e.begin &&
                                    a.begin <= s.end && (got_a == nullptr || got_a > &e) &&
                                    (got == nullptr || (got_a != nullptr && got_a < got));
                           }) != nullptr;
      if (!excused) {
        return {
            fmt::format("{} began at {}: either nothing was inside at an instant of it, or the send of the value at "
                        "the head had not ended by then",
                        label(e), e.begin),
            fmt::format("{} had ended at {}, so {} was inside, and {}", name(s), s.end, s.value,
                        got == nullptr ? fmt::format("{} received", said.was_never) : "was received only later"),
            fmt::format("but nothing whose send had not ended by {} can have been ahead of {}", e.begin, s.value)};
      }
    }
  }
  return {};
}

// Weak: `empty` is excused by any send that overlaps it.
steps nothing_excuses_it(const history& h, const words& said) {
  if (h.promised.empty != emptiness::weak) {
    return {};
  }
  const operations& all = h.operations;
  for (const operation& e : all) {
    const bool excused = first(all, [&](const operation& s) { return is_send(s.kind) && overlap(s, e); }) != nullptr;
    for (const operation& s : all) {
      const operation* const got = sent(s) ? receive_of(all, s.value) : nullptr;
      if (found_nothing(e) && !excused && sent(s) && ended_before(s, e) && (got == nullptr || got > &e)) {
        return {
            fmt::format("{} had ended at {}, so {} was inside, and {}", name(s), s.end, s.value,
                        got == nullptr ? fmt::format("{} received", said.was_never) : "was received only later"),
            fmt::format("{} ran from {} to {}, and only a send under way then excuses it", label(e), e.begin, e.end),
            "but no send was"};
      }
    }
  }
  return {};
}

// Capacity 0.
steps never_met(const history& h, const words& said) {
  const operations& all = h.operations;
  const operation* const waiting = first(all, [&](const operation& r) { return is_recv(r.kind) && blocked(r); });
  const std::string together = "takes effect at one instant with the receive of its value";
  const operation* unmet = nullptr;
  for (const operation& s : all) {
    const operation* const r = is_send(s.kind) ? receive_of(all, s.value) : nullptr;
    const operation* const other = r != nullptr ? r : waiting;
    if (!is_send(s.kind) || (r == nullptr && !sent(s))) {
      continue;
    }
    steps found = {fmt::format("{} {}", name(s), together)};
    if (other == nullptr) {
      found.push_back(fmt::format("but {} {}, and no receive is under way", said.nobody_received, s.value));
      return found;
    }
    const std::string only = r != nullptr ? fmt::format("that is {}", label(*r))
                                          : fmt::format("that can only be {}, which has not ended", name(*other));
    if (ended_before(s, *other)) {
      found.push_back(fmt::format("{}, which began at {}", only, other->begin));
      found.push_back(fmt::format("but {} had ended at {}", name(s), s.end));
      return found;
    }
    if (ended_before(*other, s)) {
      found.push_back(fmt::format("{}, which ended at {}", only, other->end));
      found.push_back(fmt::format("but {} began at {}", name(s), s.begin));
      return found;
    }
    if (s.kind == operation_kind::try_send && other->kind == operation_kind::try_recv) {
      found.push_back(only);
      found.emplace_back("but try_send succeeds only if a receive waits, and try_recv does not wait");
      return found;
    }
    if (r == nullptr && unmet != nullptr) {
      found.push_back(only);
      found.push_back(fmt::format("but {} can only have met it, too", name(*unmet)));
      return found;
    }
    unmet = r == nullptr ? &s : unmet;
  }
  return {};
}

}  // namespace plumbline::oracle::reasons

#include "plumbline/oracle/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/plain_breach.hpp"

namespace plumbline::oracle {
namespace {

// See search.hpp. INTEGRITY is seen without a search; LIFETIME is not seen in a history.
constexpr std::array suspects = {rule::fifo,          rule::sender_order,      rule::empty_honest,
                                 rule::full_honest,   rule::capacity,          rule::rendezvous,
                                 rule::timeout_clean, rule::recv_disconnected, rule::send_disconnected,
                                 rule::wake_recv,     rule::wake_send,         rule::no_loss};

// To name the rule takes many searches, some of them with hardly a rule left. None of them may cost much: if the budget
// runs out, the rule is not the one.
constexpr std::size_t states_to_name_a_rule = 10'000;

// The history as it was known just after that instant.
history until(const history& h, std::uint64_t instant) {
  history known = h;
  known.quiescent = false;
  std::erase_if(known.operations, [&](const operation& o) { return o.begin > instant; });
  for (operation& o : known.operations) {
    if (o.end > instant) {
      o.end = operation::never;
      o.result = outcome::pending;
      if (!is_send(o.kind)) {
        o.value = 0;
      }
    }
  }
  return known;
}

// The shortest part from the beginning that is illegal already. (What follows an illegal beginning does not mend it.)
history illegal_beginning(const history& h, const search_budget& allowed) {
  std::vector<std::uint64_t> ends;
  for (const operation& o : h.operations) {
    if (o.end != operation::never) {
      ends.push_back(o.end);
    }
  }
  std::ranges::sort(ends);
  const auto first = std::ranges::partition_point(ends, [&](std::uint64_t end) {
    return linearize(until(h, end), rule_set::all(), allowed) == judgement::conforms;
  });
  return first == ends.end() ? h : until(h, *first);
}

std::optional<rule> the_one_broken(const history& h, const search_budget& allowed) {
  const auto found = std::ranges::find_if(suspects, [&](rule suspect) {
    return linearize(h, rule_set::all().without(suspect), allowed) == judgement::conforms;
  });
  return found == suspects.end() ? std::nullopt : std::optional(*found);
}

rule first_of_several_broken(const history& h, const search_budget& allowed) {
  const history beginning = illegal_beginning(h, allowed);
  if (const auto one = the_one_broken(beginning, allowed)) {
    return *one;
  }
  for (std::size_t i = 0; i < suspects.size(); ++i) {
    for (std::size_t j = i + 1; j < suspects.size(); ++j) {
      const rule_set rest = rule_set::all().without(suspects[i]).without(suspects[j]);
      if (linearize(beginning, rest, allowed) == judgement::conforms) {
        return suspects[i];
      }
    }
  }
  rule_set rest = rule_set::all();
  for (const rule suspect : suspects) {
    rest = rest.without(suspect);
    if (linearize(beginning, rest, allowed) == judgement::conforms) {
      return suspect;
    }
  }
  return rule::integrity;  // without the other rules every history is legal that passed find_plain_breach
}

std::optional<rule> broken_rule(const history& h, search_budget allowed) {
  if (const auto breach = find_plain_breach(h)) {
    return breach->broken;
  }
  if (linearize(h, rule_set::all(), allowed) != judgement::violates) {
    return std::nullopt;
  }
  allowed.states = std::min(allowed.states, states_to_name_a_rule);
  const auto one = the_one_broken(h, allowed);
  return one ? one : first_of_several_broken(h, allowed);
}

bool finds_nothing(const operation& o) {
  return is_recv(o.kind) && (o.result == outcome::empty || o.result == outcome::timeout);
}
bool finds_no_room(const operation& o) {
  return is_send(o.kind) && (o.result == outcome::full || o.result == outcome::timeout);
}
bool overlap(const operation& a, const operation& b) { return a.begin <= b.end && b.begin <= a.end; }

bool any(const history& h, auto&& predicate) { return std::ranges::any_of(h.operations, predicate); }

// Whether the channel may have been full because this value was in it, and an operation's outcome depends on that.
bool is_needed_for_fullness(const history& h, const operation& sent) {
  const bool can_be_full = h.promised.capacity != bound::unbounded && h.capacity && *h.capacity > 0;
  if (!can_be_full || (sent.result != outcome::ok && sent.result != outcome::pending)) {
    return false;
  }
  const auto received = std::ranges::find_if(h.operations, [&](const operation& r) {
    return is_recv(r.kind) && r.result == outcome::ok && r.value == sent.value;
  });
  const std::uint64_t gone = received == h.operations.end() ? operation::never : received->end;
  return any(h, [&](const operation& o) {
    const bool sleeps = is_send(o.kind) && o.result == outcome::pending && h.quiescent && o.value != sent.value;
    return (finds_no_room(o) && sent.begin <= o.end && o.begin <= gone) || (sleeps && gone == operation::never);
  });
}

bool may_leave_out(const history& h, const operation& o) {
  switch (o.kind) {
    case operation_kind::send:
    case operation_kind::try_send:
    case operation_kind::send_for: {
      const bool is_a_license = h.promised.empty != emptiness::honest &&
                                any(h, [&](const operation& r) { return finds_nothing(r) && overlap(o, r); });
      return !is_a_license && !is_needed_for_fullness(h, o);
    }
    case operation_kind::recv:
    case operation_kind::try_recv:
    case operation_kind::recv_for: {
      // What was received goes with its send; a pending receive may have made room.
      const bool finite = h.promised.capacity == bound::exact && h.capacity;
      return o.result != outcome::ok && (o.result != outcome::pending || h.quiescent || !finite);
    }
    case operation_kind::clone:  // with fewer senders all could be gone, if some are dropped
      return !any(h, [](const operation& d) { return d.kind == operation_kind::drop_sender; }) ||
             !any(h, [&](const operation& r) {
               return finds_nothing(r) || (is_recv(r.kind) && r.result == outcome::pending && h.quiescent);
             });
    case operation_kind::drop_sender:
      return !any(h, [](const operation& r) { return is_recv(r.kind) && r.result == outcome::disconnected; });
    case operation_kind::drop_receiver:
      return !any(h, [](const operation& s) { return is_send(s.kind) && s.result == outcome::disconnected; });
  }
  return false;
}

// Marks operation `i` and what cannot be there without it: a receive without its send, the use of a sender without its
// clone. False if one of them has to stay.
bool mark_dependent(const history& h, std::size_t i, std::vector<bool>& gone) {
  gone[i] = true;
  const operation& o = h.operations[i];
  for (std::size_t j = 0; j < gone.size(); ++j) {
    const operation& other = h.operations[j];
    const bool received =
        is_send(o.kind) && is_recv(other.kind) && other.result == outcome::ok && other.value == o.value;
    const bool done_with_it = o.kind == operation_kind::clone && o.result == outcome::ok &&
                              !is_receiver_operation(other.kind) && other.handle == o.value;
    if (gone[j] || (!received && !done_with_it)) {
      continue;
    }
    const bool goes_anyway = received || other.kind == operation_kind::drop_sender;
    if ((!goes_anyway && !may_leave_out(h, other)) || !mark_dependent(h, j, gone)) {
      return false;
    }
  }
  return true;
}

// Leaves out what can be left out, from the back, until nothing can.
std::vector<std::size_t> smallest(const history& h, rule broken, const search_budget& allowed) {
  std::vector<std::size_t> kept(h.operations.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  for (bool shrunk = true; std::exchange(shrunk, false);) {
    for (std::size_t i = kept.size(); i-- > 0;) {
      const auto rest = i < kept.size() ? leave_out(sub_history(h, kept), i) : std::nullopt;
      if (!rest) {
        continue;
      }
      std::vector<std::size_t> fewer;
      for (const std::size_t position : *rest) {
        fewer.push_back(kept[position]);
      }
      if (broken_rule(sub_history(h, fewer), allowed) == broken) {
        kept = std::move(fewer);
        shrunk = true;
      }
    }
  }
  return kept;
}

// Adds the clones that made the senders in use, so that what is left is a history.
std::vector<std::size_t> with_clones(const history& h, std::vector<std::size_t> kept) {
  for (std::size_t k = 0; k < kept.size(); ++k) {
    for (std::size_t i = 0; i < h.operations.size(); ++i) {
      const operation& made = h.operations[i];
      const operation& used = h.operations[kept[k]];
      if (made.kind == operation_kind::clone && made.result == outcome::ok && !is_receiver_operation(used.kind) &&
          used.handle == made.value && std::ranges::find(kept, i) == kept.end()) {
        kept.push_back(i);
      }
    }
  }
  std::ranges::sort(kept);
  return kept;
}

}  // namespace

history sub_history(const history& h, std::span<const std::size_t> kept) {
  history part{
      .promised = h.promised, .capacity = h.capacity, .senders = h.senders, .quiescent = h.quiescent, .operations = {}};
  for (const std::size_t i : kept) {
    part.operations.push_back(h.operations[i]);
  }
  return part;
}

std::optional<std::vector<std::size_t>> leave_out(const history& h, std::size_t i) {
  std::vector<bool> gone(h.operations.size(), false);
  if (!may_leave_out(h, h.operations[i]) || !mark_dependent(h, i, gone)) {
    return std::nullopt;
  }
  std::vector<std::size_t> rest;
  for (std::size_t j = 0; j < gone.size(); ++j) {
    if (!gone[j]) {
      rest.push_back(j);
    }
  }
  return rest;
}

verdict search(const history& h, const search_budget& allowed) {
  if (auto breach = find_plain_breach(h)) {
    return {.what = judgement::violates,
            .broken = breach->broken,
            .because = std::move(breach->because),
            .witness = with_clones(h, std::move(breach->witness))};
  }
  const std::size_t most = std::min(allowed.operations, search_budget::most_operations);
  if (h.operations.size() > most) {
    return {.what = judgement::unknown,
            .broken = {},
            .because = fmt::format("the history has {} operations, and the exhaustive search takes at most {}",
                                   h.operations.size(), most),
            .witness = {}};
  }
  switch (linearize(h, rule_set::all(), allowed)) {
    case judgement::conforms:
      return {.what = judgement::conforms, .broken = {}, .because = {}, .witness = {}};
    case judgement::unknown:
      return {.what = judgement::unknown,
              .broken = {},
              .because = fmt::format("the search gave up after {} states", allowed.states),
              .witness = {}};
    case judgement::violates:
      break;
  }
  const rule broken = *broken_rule(h, allowed);
  std::vector<std::size_t> witness = smallest(h, broken, allowed);
  return {.what = judgement::violates,
          .broken = broken,
          .because = because(sub_history(h, witness), broken),
          .witness = std::move(witness)};
}

}  // namespace plumbline::oracle

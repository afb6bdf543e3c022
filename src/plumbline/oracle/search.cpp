#include "plumbline/oracle/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/oracle/explain.hpp"

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

// Leaves operations out of an illegal history, as long as what is left is illegal for the same rule, and for that
// reason the whole is too. So nothing may go whose absence alone could make the rest illegal: the values that made a
// channel full, the drops that disconnected it, the sends that licensed an `empty`.
class shrinker {
 public:
  shrinker(const history& h, rule broken, const search_budget& allowed)
      : h_(h), broken_(broken), allowed_(allowed), kept_(h.operations.size(), true) {}

  std::vector<std::size_t> run() {
    for (bool shrunk = true; std::exchange(shrunk, false);) {
      for (std::size_t i = h_.operations.size(); i-- > 0;) {
        shrunk |= kept_[i] && leave_out(i);
      }
    }
    return indices();
  }

 private:
  const operation& at(std::size_t i) const { return h_.operations[i]; }

  std::vector<std::size_t> indices() const {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (kept_[i]) {
        kept.push_back(i);
      }
    }
    return kept;
  }

  bool any_kept(auto&& predicate) const {
    return std::ranges::any_of(indices(), [&](std::size_t i) { return predicate(at(i)); });
  }

  bool leave_out(std::size_t i) {
    if (!may_leave_out(at(i))) {
      return false;
    }
    const std::vector<bool> before = kept_;
    remove(i);
    if (broken_rule(sub_history(h_, indices()), allowed_) == broken_) {
      return true;
    }
    kept_ = before;
    return false;
  }

  // A send goes with its receive, a clone with everything done with the sender that it made.
  void remove(std::size_t i) {
    kept_[i] = false;
    const operation& o = at(i);
    for (std::size_t j = 0; j < kept_.size(); ++j) {
      const bool received =
          is_send(o.kind) && is_recv(at(j).kind) && at(j).result == outcome::ok && at(j).value == o.value;
      const bool done_with_it = o.kind == operation_kind::clone && o.result == outcome::ok &&
                                !is_receiver_operation(at(j).kind) && at(j).handle == o.value;
      if (kept_[j] && (received || done_with_it)) {
        remove(j);
      }
    }
  }

  bool may_leave_out(const operation& o) const {
    const bool finite = h_.promised.capacity == bound::exact && h_.capacity;
    switch (o.kind) {
      case operation_kind::send:
      case operation_kind::try_send:
      case operation_kind::send_for:
        return !is_needed_for_fullness(o) && !is_needed_as_a_license(o);
      case operation_kind::recv:
      case operation_kind::try_recv:
      case operation_kind::recv_for:
        // What was received goes with its send; a pending receive may have made room.
        return o.result != outcome::ok && (o.result != outcome::pending || h_.quiescent || !finite);
      case operation_kind::clone:
        return !any_kept([&](const operation& r) {
          return is_recv(r.kind) && (r.result == outcome::empty || r.result == outcome::timeout ||
                                     (r.result == outcome::pending && h_.quiescent));
        });
      case operation_kind::drop_sender:
        return !any_kept([](const operation& r) { return is_recv(r.kind) && r.result == outcome::disconnected; });
      case operation_kind::drop_receiver:
        return !any_kept([](const operation& s) { return is_send(s.kind) && s.result == outcome::disconnected; });
    }
    return false;
  }

  bool is_needed_for_fullness(const operation& sent) const {
    const bool can_be_full = h_.promised.capacity != bound::unbounded && h_.capacity && *h_.capacity > 0;
    if (!can_be_full || (sent.result != outcome::ok && sent.result != outcome::pending)) {
      return false;
    }
    const auto received = std::ranges::find_if(h_.operations, [&](const operation& r) {
      return is_recv(r.kind) && r.result == outcome::ok && r.value == sent.value;
    });
    const std::uint64_t gone = received == h_.operations.end() ? operation::never : received->end;
    return any_kept([&](const operation& o) {
      const bool found_it_full = is_send(o.kind) && (o.result == outcome::full || o.result == outcome::timeout);
      const bool sleeps = is_send(o.kind) && o.result == outcome::pending && h_.quiescent && o.value != sent.value;
      return (found_it_full && sent.begin <= o.end && o.begin <= gone) || (sleeps && gone == operation::never);
    });
  }

  bool is_needed_as_a_license(const operation& send) const {
    return h_.promised.empty != emptiness::honest && any_kept([&](const operation& r) {
             return is_recv(r.kind) && (r.result == outcome::empty || r.result == outcome::timeout) &&
                    send.begin <= r.end && r.begin <= send.end;
           });
  }

  const history& h_;
  const rule broken_;
  const search_budget allowed_;
  std::vector<bool> kept_;
};

}  // namespace

history sub_history(const history& h, std::span<const std::size_t> kept) {
  history part{
      .promised = h.promised, .capacity = h.capacity, .senders = h.senders, .quiescent = h.quiescent, .operations = {}};
  for (const std::size_t i : kept) {
    part.operations.push_back(h.operations[i]);
  }
  return part;
}

verdict search(const history& h, const search_budget& allowed) {
  if (auto breach = find_plain_breach(h)) {
    return {.what = judgement::violates,
            .broken = breach->broken,
            .because = std::move(breach->because),
            .witness = std::move(breach->witness)};
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
  std::vector<std::size_t> witness = shrinker(h, broken, allowed).run();
  return {.what = judgement::violates,
          .broken = broken,
          .because = because(sub_history(h, witness), broken),
          .witness = std::move(witness)};
}

std::optional<contract> strongest(const history& h, const contract& from, const search_budget& allowed) {
  std::vector<contract> weaker;
  for (auto o = from.order; o <= order::unordered; o = static_cast<order>(static_cast<int>(o) + 1)) {
    for (auto e = from.empty; e <= emptiness::weak; e = static_cast<emptiness>(static_cast<int>(e) + 1)) {
      for (auto f = from.full; f <= fullness::spurious; f = static_cast<fullness>(static_cast<int>(f) + 1)) {
        for (auto c = from.capacity; c <= bound::unbounded; c = static_cast<bound>(static_cast<int>(c) + 1)) {
          for (auto d = from.disconnect; d <= disconnection::none;
               d = static_cast<disconnection>(static_cast<int>(d) + 1)) {
            weaker.push_back({.order = o, .empty = e, .full = f, .capacity = c, .disconnect = d});
          }
        }
      }
    }
  }
  const auto steps = [](const contract& c) {
    return static_cast<int>(c.order) + static_cast<int>(c.empty) + static_cast<int>(c.full) +
           static_cast<int>(c.capacity) + static_cast<int>(c.disconnect);
  };
  // They were made in the order of preference, and that is kept among equals.
  std::ranges::stable_sort(weaker, {}, steps);
  history declared = h;
  const auto kept = std::ranges::find_if(weaker, [&](const contract& c) {
    declared.promised = c;
    return linearize(declared, rule_set::all(), allowed) == judgement::conforms;
  });
  return kept == weaker.end() ? std::nullopt : std::optional(*kept);
}

}  // namespace plumbline::oracle

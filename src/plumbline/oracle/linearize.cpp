#include "plumbline/oracle/linearize.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline::oracle {
namespace {

using mask = std::uint64_t;  // a set of operations

constexpr mask bit(std::size_t i) { return mask{1} << i; }

bool overlap(const operation& a, const operation& b) { return a.begin <= b.end && b.begin <= a.end; }

bool finds_nothing(const operation& o) {
  return is_recv(o.kind) && (o.result == outcome::empty || o.result == outcome::timeout);
}

// The pairs of operations done and buffer content that were visited. (The rest of the model's state follows from the
// operations done.) Keys lie one after another in one string, so that a search allocates a handful of times.
class visited_set {
 public:
  visited_set() : slots_(256, none) {}

  std::size_t size() const { return count_; }

  // False if `key` was there before.
  bool insert(std::string_view key) {
    if (count_ * 2 >= slots_.size()) {
      grow();
    }
    std::uint32_t& slot = find(key);
    if (slot != none) {
      return false;
    }
    slot = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(static_cast<char>(key.size()));
    keys_.append(key);
    ++count_;
    return true;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::string_view key_at(std::uint32_t offset) const {
    return {keys_.data() + offset + 1, static_cast<unsigned char>(keys_[offset])};
  }

  std::uint32_t& find(std::string_view key) {
    std::size_t at = std::hash<std::string_view>{}(key);
    while (slots_[at & (slots_.size() - 1)] != none && key_at(slots_[at & (slots_.size() - 1)]) != key) {
      ++at;
    }
    return slots_[at & (slots_.size() - 1)];
  }

  void grow() {
    const std::vector<std::uint32_t> old = std::exchange(slots_, std::vector<std::uint32_t>(slots_.size() * 4, none));
    for (const std::uint32_t offset : old) {
      if (offset != none) {
        find(key_at(offset)) = offset;
      }
    }
  }

  std::vector<std::uint32_t> slots_;
  std::string keys_;
  std::size_t count_ = 0;
};

class linearizer {
 public:
  linearizer(const history& h, rule_set in_force, const search_budget& allowed)
      : strict_{h.promised, h.capacity, in_force},
        licensed_{h.promised, h.capacity, in_force.without(rule::empty_honest).without(rule::timeout_clean)},
        allowed_(allowed),
        operations_(h.operations),
        states_(h.operations.size() + 1, initial_state(h.senders)) {
    number_values();
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      before_[i] = predecessors(i);
      ahead_[i] = ahead(i);
      const operation& o = operations_[i];
      if (o.result != outcome::pending) {
        completed_ |= bit(i);
      } else if (h.quiescent && in_force.has(is_receiver_operation(o.kind) ? rule::wake_recv : rule::wake_send)) {
        asleep_ |= bit(i);
      }
      if (is_send(o.kind)) {
        sends_ |= bit(i);
      } else if (is_recv(o.kind)) {
        receives_ |= bit(i);
      }
      if (finds_nothing(o) && h.promised.empty == emptiness::weak &&
          std::ranges::any_of(operations_, [&](const operation& s) { return is_send(s.kind) && overlap(s, o); })) {
        licensed_by_overlap_ |= bit(i);
      }
    }
  }

  judgement run() {
    if (explore(0, 0, 0)) {
      return judgement::conforms;
    }
    return exhausted_ ? judgement::unknown : judgement::violates;
  }

  // Of a run that said that the history conforms.
  linearization order() const { return {order_.rbegin(), order_.rend()}; }

 private:
  // Values become the indices of their sends, which fit a byte of the key. Values that nobody receives can be told
  // apart by nobody, so they get one number: states that differ in them only count as visited. Not where `head-of-line`
  // asks which send a value came from.
  void number_values() {
    std::vector<std::uint64_t> sent(operations_.size(), operation::never);
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (is_send(operations_[i].kind)) {
        sent[i] = operations_[i].value;
      }
    }
    for (operation& o : operations_) {
      if (is_recv(o.kind) && o.result == outcome::ok) {
        const auto from = static_cast<std::size_t>(std::ranges::find(sent, o.value) - sent.begin());
        o.value = from;  // a value that nobody sent: a number that no send has
        if (from < operations_.size()) {
          received_ |= bit(from);
        }
      }
    }
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!is_send(operations_[i].kind)) {
        continue;
      }
      std::size_t number = i;
      if ((received_ & bit(i)) == 0 && strict_.promised.empty != emptiness::head_of_line) {
        number = 0;
        while (!is_send(operations_[number].kind) || (received_ & bit(number)) != 0) {
          ++number;
        }
      }
      operations_[i].value = number;
    }
  }

  // The sends whose values have to be in the channel before that of send `i` if its value is to be received when it
  // was, or never: those of the values that were received earlier. To put a value in front of them is not illegal yet,
  // but it leads nowhere, for there is one receiver, and what it takes is known.
  mask ahead(std::size_t i) const {
    const bool puts_a_value_in = is_send(operations_[i].kind) &&
                                 (operations_[i].result == outcome::ok || operations_[i].result == outcome::pending);
    if (!puts_a_value_in || order_of(strict_) == order::unordered || is_rendezvous(strict_)) {
      return 0;
    }
    mask ahead = 0;
    for (const operation& r : operations_) {
      if (!is_recv(r.kind) || r.result != outcome::ok || r.value >= operations_.size()) {
        continue;
      }
      if (r.value == i) {
        return ahead;
      }
      if (order_of(strict_) == order::linearizable || operations_[r.value].handle == operations_[i].handle) {
        ahead |= bit(r.value);
      }
    }
    return ahead;
  }

  mask predecessors(std::size_t i) const {
    const operation& o = operations_[i];
    mask before = 0;
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      const operation& p = operations_[j];
      const bool both_on_receiver = is_receiver_operation(p.kind) && is_receiver_operation(o.kind);
      const bool used_before_drop =
          o.kind == operation_kind::drop_sender && !is_receiver_operation(p.kind) && p.handle == o.handle;
      if (p.end < o.begin || (j < i && (both_on_receiver || used_before_drop))) {
        before |= bit(j);
      }
    }
    return before;
  }

  // Whether the operations that are not `done` can follow. `latest` is the latest begin of those that are: the earliest
  // instant at which the last of them can have taken effect.
  bool explore(mask done, std::size_t depth, std::uint64_t latest) {
    if ((completed_ & ~done) == 0 && nobody_oversleeps(done, states_[depth])) {
      return true;
    }
    if (exhausted_ || !visit(done, states_[depth])) {
      return false;
    }
    mask ready = 0;
    for (mask rest = all() & ~done & ~asleep_; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      if ((before_[i] & ~done) == 0) {
        ready |= bit(i);
      }
    }
    return explore_alone(done, depth, latest, ready) ||
           (is_rendezvous(strict_) && explore_pairs(done, depth, latest, ready));
  }

  bool explore_alone(mask done, std::size_t depth, std::uint64_t latest, mask ready) {
    const channel_state& here = states_[depth];
    channel_state& next = states_[depth + 1];
    next = here;
    for (mask rest = ready; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      const operation& o = operations_[i];
      const std::uint64_t instant = std::max(latest, o.begin);
      const terms& held_to = finds_nothing(o) && is_licensed(i, here, instant) ? licensed_ : strict_;
      // NO-LOSS may be out of force, but a value that was received was not lost.
      const std::size_t choices = (received_ & bit(i)) != 0 ? 1 : ~std::size_t{0};
      for (std::size_t choice = (ahead_[i] & ~done) == 0 ? 0 : 1; choice < choices && apply(held_to, next, o, choice);
           ++choice) {
        if (explore(done | bit(i), depth + 1, instant)) {
          order_.push_back({.operation = i});
          return true;
        }
        if (changes_nothing(o)) {
          return false;
        }
        next = here;
      }
    }
    return false;
  }

  // Whether the operation leaves the channel as it is. If it can take effect now, then no order in which it does so
  // later is worth a look: in each of them it can be moved to the front, and the others do not notice.
  static bool changes_nothing(const operation& o) { return o.result != outcome::ok && o.result != outcome::pending; }

  bool explore_pairs(mask done, std::size_t depth, std::uint64_t latest, mask ready) {
    for (mask sends = ready & sends_; sends != 0; sends &= sends - 1) {
      const auto s = static_cast<std::size_t>(std::countr_zero(sends));
      for (mask receives = ready & receives_; receives != 0; receives &= receives - 1) {
        const auto r = static_cast<std::size_t>(std::countr_zero(receives));
        if (can_meet(strict_, states_[depth], operations_[s], operations_[r])) {
          states_[depth + 1] = states_[depth];
          if (explore(done | bit(s) | bit(r), depth + 1,
                      std::max({latest, operations_[s].begin, operations_[r].begin}))) {
            order_.push_back({.operation = s, .with = r});
            return true;
          }
        }
      }
    }
    return false;
  }

  bool is_licensed(std::size_t i, const channel_state& state, std::uint64_t instant) const {
    if (strict_.promised.empty != emptiness::head_of_line) {
      return (licensed_by_overlap_ & bit(i)) != 0;
    }
    for (std::size_t n = 0; const auto at = next_to_receive(strict_, state, n); ++n) {
      if (operations_[state.buffer[*at].value].end < instant) {
        return false;  // that send had ended: its value was there to be received
      }
    }
    return true;
  }

  bool nobody_oversleeps(mask done, const channel_state& last) const {
    for (mask rest = asleep_; rest != 0; rest &= rest - 1) {
      const operation& o = operations_[static_cast<std::size_t>(std::countr_zero(rest))];
      // Where a blocked send and a blocked receive should have met, it is the receive that is blamed.
      const bool peer_waits = is_rendezvous(strict_) && is_recv(o.kind) && (sends_ & ~completed_ & ~done) != 0;
      if (should_have_returned(strict_, last, o, peer_waits)) {
        return false;
      }
    }
    return true;
  }

  // False if this was visited before, or the budget does not allow it.
  bool visit(mask done, const channel_state& state) {
    std::array<char, sizeof(mask) + search_budget::most_operations> key{};
    std::size_t length = 0;
    for (; length < sizeof(mask); ++length) {
      key[length] = static_cast<char>(done >> (8 * length));
    }
    for (const buffered& b : state.buffer) {
      key[length++] = static_cast<char>(b.value);
    }
    if (!visited_.insert({key.data(), length})) {
      return false;
    }
    exhausted_ = visited_.size() > allowed_.states;
    return !exhausted_;
  }

  mask all() const { return operations_.size() == 64 ? ~mask{0} : bit(operations_.size()) - 1; }

  const terms strict_;
  const terms licensed_;  // for an `empty` that the contract allows although a value is buffered
  const search_budget allowed_;
  std::vector<operation> operations_;
  std::array<mask, search_budget::most_operations> before_ = {};  // whose end, or turn, comes before the begin
  std::array<mask, search_budget::most_operations> ahead_ = {};
  mask completed_ = 0;
  mask asleep_ = 0;  // pending when nothing moved any more
  mask sends_ = 0;
  mask receives_ = 0;
  mask received_ = 0;  // sends whose value was received
  mask licensed_by_overlap_ = 0;
  std::vector<channel_state> states_;  // by depth of the search
  visited_set visited_;
  bool exhausted_ = false;
  linearization order_;  // once it is found, from its last effect on
};

}  // namespace

judgement linearize(const history& h, rule_set in_force, const search_budget& allowed) {
  if (h.operations.size() > std::min(allowed.operations, search_budget::most_operations)) {
    return judgement::unknown;
  }
  return linearizer(h, in_force, allowed).run();
}

std::optional<linearization> find_order(const history& h, const search_budget& allowed) {
  if (h.operations.size() > std::min(allowed.operations, search_budget::most_operations)) {
    return std::nullopt;
  }
  linearizer search(h, rule_set::all(), allowed);
  return search.run() == judgement::conforms ? std::optional(search.order()) : std::nullopt;
}

}  // namespace plumbline::oracle

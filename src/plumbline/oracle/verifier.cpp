#include "plumbline/oracle/verifier.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "plumbline/oracle/model.hpp"
#include "plumbline/oracle/part.hpp"

namespace plumbline::oracle {
namespace {

using operations = std::vector<operation>;

bool overlap(const operation& a, const operation& b) { return a.begin <= b.end && b.begin <= a.end; }
bool finds_nothing(const operation& o) {
  return is_recv(o.kind) && (o.result == outcome::empty || o.result == outcome::timeout);
}

// The operations of a history take effect one after another, each as early as it can.
struct run {
  explicit run(const history& h)
      : all(h), strict{h.promised, h.capacity}, state(initial_state(h.senders)), done(h.operations.size(), '0') {}

  const operation& at(std::size_t i) const { return all.operations[i]; }
  bool asleep(std::size_t i) const { return all.quiescent && at(i).result == outcome::pending; }

  // False, and nothing changed, if `i` cannot take effect now (together with `j`, if that is another operation).
  bool take(std::size_t i, std::size_t j, std::size_t choice) {
    const std::uint64_t instant = std::max({now, at(i).begin, at(j).begin});
    if (done[i] == '1' || done[j] == '1' || asleep(i) || asleep(j) || instant > at(i).end || instant > at(j).end ||
        (is_receiver_operation(at(j).kind) && j < receiver_at)) {
      return false;
    }
    terms held_to = strict;
    if (finds_nothing(at(i)) && is_licensed(i, instant)) {
      held_to.in_force = rule_set::all().without(rule::empty_honest).without(rule::timeout_clean);
    }
    if (i == j ? !apply(held_to, state, at(i), choice) : choice > 0 || !can_meet(strict, state, at(i), at(j))) {
      return false;
    }
    done[i] = done[j] = '1';
    now = instant;
    receiver_at = is_receiver_operation(at(j).kind) ? j + 1 : receiver_at;
    return true;
  }

  bool is_licensed(std::size_t i, std::uint64_t instant) const {
    if (all.promised.empty != emptiness::head_of_line) {
      return all.promised.empty == emptiness::weak && std::ranges::any_of(all.operations, [&](const operation& s) {
               return is_send(s.kind) && overlap(s, at(i));
             });
    }
    for (std::size_t n = 0; const auto head = next_to_receive(strict, state, n); ++n) {
      const auto sender = std::ranges::find_if(all.operations, [&](const operation& s) {
        return is_send(s.kind) && s.value == state.buffer[*head].value && s.result != outcome::full;
      });
      if (sender->end < instant) {
        return false;
      }
    }
    return true;
  }

  bool is_finished() const {
    const bool send_sleeps = all.quiescent && std::ranges::any_of(all.operations, [](const operation& o) {
                               return is_send(o.kind) && o.result == outcome::pending;
                             });
    for (std::size_t i = 0; i < done.size(); ++i) {
      const bool peer = is_rendezvous(strict) && is_recv(at(i).kind) && send_sleeps;
      if ((at(i).result != outcome::pending && done[i] == '0') ||
          (asleep(i) && should_have_returned(strict, state, at(i), peer))) {
        return false;
      }
    }
    return true;
  }

  const history& all;
  const terms strict;
  channel_state state;
  std::string done;  // '0' or '1' for each operation
  std::uint64_t now = 0;
  std::size_t receiver_at = 0;  // the first that the receiver may do next
};

struct search {
  judgement from(const run& here) {
    std::string key = here.done;
    for (const buffered& b : here.state.buffer) {
      key += ',' + std::to_string(b.value);
    }
    if (here.is_finished() || visited.size() >= most_states || !visited.insert(std::move(key)).second) {
      return here.is_finished()              ? judgement::conforms
             : visited.size() >= most_states ? judgement::unknown
                                             : judgement::violates;
    }
    std::uint64_t first_end = operation::never;
    for (std::size_t i = 0; i < here.done.size(); ++i) {
      first_end = here.done[i] == '0' ? std::min(first_end, here.at(i).end) : first_end;
    }
    for (std::size_t i = 0, n = here.done.size(); i < n && here.at(i).begin <= first_end; ++i) {
      for (std::size_t j = 0; j < n && here.done[i] == '0' && here.at(j).begin <= first_end; ++j) {
        for (std::size_t choice = 0; i == j || (is_rendezvous(here.strict) && is_send(here.at(i).kind)); ++choice) {
          run next = here;
          if (!next.take(i, j, choice)) {
            break;
          }
          if (const judgement found = from(next); found != judgement::violates) {
            return found;
          }
        }
      }
    }
    return judgement::violates;
  }

  std::size_t most_states;
  std::unordered_set<std::string> visited = {};
};

}  // namespace

judgement confirm_breach(const history& h, const certificate& shown, std::size_t most_states) {
  std::vector<bool> kept(h.operations.size(), false);
  history part = h;
  part.operations.clear();
  for (const std::size_t i : shown.operations) {
    kept.at(i) = true;
    part.operations.push_back(h.operations.at(i));
  }
  if (!malformed(part).empty() || !stands_for_the_whole(part, h, kept)) {
    return judgement::conforms;
  }
  return part.operations.size() > most_confirmed ? judgement::unknown : search{most_states}.from(run(part));
}

bool confirm_order(const history& h, const linearization& order) {
  run all(h);
  return std::ranges::all_of(order,
                             [&](const effect& e) {
                               const std::size_t with = e.with == effect::none ? e.operation : e.with;
                               return e.operation < h.operations.size() && with < h.operations.size() &&
                                      all.take(e.operation, with, 0);
                             }) &&
         all.is_finished();
}

}  // namespace plumbline::oracle

#include "plumbline/oracle/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include "plumbline/oracle/chain_bounds.hpp"
#include "plumbline/oracle/chain_steps.hpp"

namespace plumbline::oracle {
namespace {

using reasons::passage;
using reasons::steps;

// A send had ended, or its value had been received, before the instant at which it took effect at the earliest.
steps too_late(const std::vector<passage>& all) {
  for (const passage& p : all) {
    const bool sent_too_late = p.send->end < p.earliest.after;
    if (sent_too_late || (p.recv != nullptr && p.recv->end < p.earliest.after)) {
      steps found = steps_to(p.earliest);
      found.push_back(sent_too_late ? fmt::format("but {} had ended at {}", name(*p.send), p.send->end)
                                    : fmt::format("but {} had been received at {}", p.send->value, p.recv->end));
      return found;
    }
  }
  return {};
}

// The first of these that says something.
steps first_of(std::initializer_list<steps> all) {
  const auto found = std::ranges::find_if_not(all, &steps::empty);
  return found == all.end() ? steps() : *found;
}

// Capacity 0: a send takes effect together with its receive, and no instants lie between the two.
steps argument_of_rendezvous(const history& h, rule broken, const reasons::words& said) {
  switch (broken) {
    case rule::integrity:
      return first_of({reasons::came_from_nowhere(h, said), reasons::kept_and_given_back(h), never_met(h, said)});
    case rule::recv_disconnected:
      return receiver_misled(h, said);
    case rule::send_disconnected:
      return sender_misled(h, said);
    case rule::full_honest:
    case rule::timeout_clean:
      return reasons::kept_and_given_back(h);
    default:
      return first_of({never_met(h, said), receiver_misled(h, said)});
  }
}

steps argument(const history& h, rule broken, const reasons::words& said) {
  if (broken == rule::wake_recv || broken == rule::wake_send) {
    return sleeps_beside_work(h, broken == rule::wake_recv, said);
  }
  if (h.promised.capacity == bound::exact && h.capacity == 0U) {
    return argument_of_rendezvous(h, broken, said);
  }
  const std::vector<passage> passages = passages_of(h, said);
  switch (broken) {
    case rule::integrity:
      return first_of({reasons::came_from_nowhere(h, said), reasons::kept_and_given_back(h), too_late(passages)});
    case rule::full_honest:
    case rule::timeout_clean:
    case rule::empty_honest:
      return first_of({too_late(passages), reasons::kept_and_given_back(h), never_full(h, passages, said),
                       no_head_to_wait_for(h, said), nothing_excuses_it(h, said)});
    case rule::capacity:
      return first_of({too_late(passages), too_many_inside(h, said), never_room(h, said), steps_to_no_room(h, said)});
    case rule::fifo:
    case rule::sender_order:
      return first_of({too_late(passages), steps_to_no_room(h, said)});
    case rule::recv_disconnected:
    case rule::no_loss:
      return first_of({too_late(passages), receiver_misled(h, said)});
    case rule::send_disconnected:
      return first_of({too_late(passages), sender_misled(h, said)});
    default:
      return too_late(passages);
  }
}

}  // namespace

std::string chain_of(const history& smallest, rule broken, extent of) {
  constexpr std::size_t most_steps = 20;
  std::string text;
  const steps found = argument(smallest, broken, reasons::words(of));
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found.size() > most_steps && i == most_steps / 2) {
      const std::size_t more = found.size() - most_steps;
      text += fmt::format("       … {} more of the same kind …\n", more);
      i += more;
    }
    text += fmt::format("    {}. {}\n", i + 1, found[i]);
  }
  return text;
}

}  // namespace plumbline::oracle

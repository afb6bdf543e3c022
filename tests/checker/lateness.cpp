#include "lateness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "cross_check.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/stream.hpp"

namespace plumbline::oracle::test {
namespace {

constexpr std::size_t violating_histories = 4000;

struct moment {
  std::uint64_t stamp;
  bool is_end;
  std::size_t operation;

  auto operator<=>(const moment&) const = default;
};

std::vector<moment> ordered_events(const history& h) {
  std::vector<moment> events;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    events.push_back({h.operations[i].begin, false, i});
    if (h.operations[i].result != outcome::pending) {
      events.push_back({h.operations[i].end, true, i});
    }
  }
  std::ranges::sort(events);
  return events;
}

// The history as it was known after the first `count` events.
history prefix(const history& h, const std::vector<moment>& events, std::size_t count) {
  history known = h;
  known.quiescent = false;
  known.operations.clear();
  for (std::size_t e = 0; e < count; ++e) {
    if (!events[e].is_end) {
      operation o = h.operations[events[e].operation];
      o.end = operation::never;
      o.result = outcome::pending;
      o.value = is_recv(o.kind) ? 0 : o.value;
      known.operations.push_back(o);
    } else {
      known.operations[events[e].operation] = h.operations[events[e].operation];
    }
  }
  return known;
}

}  // namespace

std::expected<std::map<std::string, lateness>, std::string> measure_lateness() {
  std::mt19937_64 random(7);
  std::map<std::string, lateness> by_rule;
  for (std::size_t violating = 0; violating < violating_histories;) {
    history h = random_case(random, 9);
    h.quiescent = false;
    if (linearize(h) != judgement::violates) {
      continue;
    }
    const std::vector<moment> events = ordered_events(h);
    stream watched(h.promised, h.capacity, h.senders);
    std::size_t illegal_since = 0;
    std::size_t reported = 0;
    for (std::size_t e = 0; e < events.size() && reported == 0; ++e) {
      const operation& o = h.operations[events[e].operation];
      events[e].is_end ? watched.end(o) : watched.begin(o);
      if (illegal_since == 0 && linearize(prefix(h, events, e + 1)) == judgement::violates) {
        illegal_since = e + 1;
      }
      reported = watched.violated() ? e + 1 : 0;
      if (reported != 0 && illegal_since == 0) {
        return std::unexpected(fmt::format("reported after {} events, too early:\n{}", reported, to_text(h)));
      }
    }
    const verdict said = watched.finish(false);
    if (said.what != judgement::violates) {
      continue;  // a breach that is not decided
    }
    ++violating;
    lateness& of_rule = by_rule[std::string(to_string(*said.broken))];
    ++of_rule.histories;
    of_rule.at_once += reported == illegal_since ? 1U : 0U;
    of_rule.at_the_end += reported == 0 && illegal_since != 0 ? 1U : 0U;
    of_rule.events_late += reported == 0 ? 0 : reported - illegal_since;
    of_rule.unexplained += said.because.contains("no order of all") ? 1U : 0U;
  }
  return by_rule;
}

std::string to_text(const std::map<std::string, lateness>& by_rule) {
  constexpr auto line = "{:<18}{:>10}{:>9}{:>12}{:>26}{:>13}\n";
  std::string text =
      fmt::format(line, "rule", "histories", "at once", "at the end", "the rest, events late", "unexplained");
  for (const auto& [id, l] : by_rule) {
    text += fmt::format(line, id, l.histories, l.at_once, l.at_the_end, l.events_late, l.unexplained);
  }
  return text;
}

std::string recorded_lateness() {
  std::ifstream file(PLUMBLINE_LATENESS);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace plumbline::oracle::test

#include "cross_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "../oracle/random_history.hpp"
#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/examine.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/search.hpp"
#include "plumbline/oracle/stream.hpp"
#include "plumbline/oracle/verifier.hpp"
#include "simulation.hpp"

namespace plumbline::oracle::test {
namespace {

enum class finder : std::uint8_t { checker, search };

std::string about_breach(const history& h, const verdict& said, finder found_by) {
  const history shown = sub_history(h, said.witness);
  if (linearize(shown) != judgement::violates) {
    return fmt::format("the witness of {} is legal by itself", to_string(*said.broken));
  }
  if (confirm_breach(h, {*said.broken, said.witness}) != judgement::violates) {
    return fmt::format("the verifier does not believe the certificate of {}", to_string(*said.broken));
  }
  if (said.because.empty() || (found_by == finder::checker && said.because.contains("cannot all be so"))) {
    return fmt::format("{} has no reason: {}", to_string(*said.broken), said.because);
  }
  // Where one rule alone is to blame, that is the one. (Not NO-LOSS, without which a value may be gone at any time:
  // that would explain nearly everything.)
  const rule named = *said.broken;
  const auto is_to_blame = [&shown](rule one) {
    return linearize(shown, rule_set::all().without(one)) == judgement::conforms;
  };
  const rule alone = *search(shown).broken;
  if (alone != named && alone != rule::no_loss && h.promised.empty != emptiness::head_of_line && is_to_blame(alone) &&
      !is_to_blame(named)) {
    return fmt::format("{} is named, but {} alone is to blame: {}", to_string(named), to_string(alone), said.because);
  }
  return {};
}

// No part of a history that conforms proves a breach, whatever is left out. (The rule of a certificate is not looked
// at.)
std::string about_forgeries(const history& h, std::uint64_t number) {
  std::mt19937_64 random(number);
  for (const bool whole : {true, false}) {
    certificate forged;
    for (std::size_t i = 0; i < h.operations.size(); ++i) {
      if (whole || random() % 4 != 0) {
        forged.operations.push_back(i);
      }
    }
    if (confirm_breach(h, forged) == judgement::violates) {
      return fmt::format("the verifier believes a forged certificate, with {} of {} operations",
                         forged.operations.size(), h.operations.size());
    }
  }
  return {};
}

std::string about_order(const history& h) {
  const auto order = order_of(h);
  if (!order) {
    return "it conforms, but no linearization is given";
  }
  return confirm_order(h, *order) ? "" : "the verifier does not believe the linearization";
}

// By a clock that ticks seldom: many stamps are equal, and many operations have no length. Which histories that befalls
// is taken from themselves, so that it changes nothing in those that are drawn after them.
void make_coarse(history& h) {
  std::uint64_t stamps = 0;
  for (const operation& o : h.operations) {
    stamps += o.begin;
  }
  const std::uint64_t tick = 2 + stamps / 8 % 4;
  if (stamps % 8 != 0) {
    return;
  }
  for (operation& o : h.operations) {
    o.begin /= tick;
    o.end = o.end == operation::never ? o.end : o.end / tick;
  }
}

}  // namespace

std::string disagreement(const history& h, tally& counted, depth wanted) {
  ++counted.histories;
  const judgement truth = linearize(h);
  if (truth == judgement::unknown) {
    return "the search gave up";
  }
  const examination said = examine(h);
  stream events(h.promised, h.capacity, h.senders);
  replay(h, events);
  if ((events.finish(h.quiescent).what == judgement::violates) != said.found.has_value()) {
    return "the stream says something else";
  }
  if (said.found) {
    ++counted.violating[std::string(to_string(said.found->broken))];
    if (truth == judgement::conforms) {
      return fmt::format("a false alarm: {}", check(h).because);
    }
    return wanted == depth::proof ? about_breach(h, check(h), finder::checker) : "";
  }
  ++counted.conforming;
  counted.incomplete += said.complete ? 0 : 1;
  if (truth == judgement::violates) {
    if (!said.complete) {
      ++counted.missed;
      return wanted == depth::proof ? about_breach(h, decide(h), finder::search) : "";
    }
    return "a breach is missed";
  }
  if (wanted != depth::proof) {
    return {};
  }
  const std::string wrong = about_order(h);
  return wrong.empty() && counted.histories % 4 == 0 ? about_forgeries(h, counted.histories) : wrong;
}

history random_case(std::mt19937_64& random, std::size_t operations) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (;;) {
    const std::size_t capacity = below(6);
    const simulation wanted{.capacity = capacity < 4   ? oracle::capacity(capacity)
                                        : capacity < 5 ? oracle::capacity(1)
                                                       : std::nullopt,
                            .operations = 1 + below(operations),
                            .threads = static_cast<std::uint32_t>(1 + below(4)),
                            .senders = static_cast<std::uint32_t>(1 + below(3)),
                            .drops = below(4) != 0,
                            .one_timed_in = static_cast<unsigned>(2 + below(3)),
                            .receiver_share = static_cast<unsigned>(1 + below(3)),
                            .one_drop_in = below(2) == 0 ? 3U : 16U};
    if (below(2) == 0) {
      return random_history(random, {.operations = 1 + below(operations), .sender_threads = wanted.threads});
    }
    history h = simulate(random, wanted);
    if (h.operations.empty()) {
      continue;
    }
    for (std::size_t mutations = below(4) == 0 ? 0 : below(6); mutations > 0; --mutations) {
      mutate(random, h);
    }
    h.quiescent = below(4) == 0;
    if (below(2) == 0) {
      h.promised = {.order = static_cast<order>(below(3)),
                    .empty = static_cast<emptiness>(below(3)),
                    .full = static_cast<fullness>(below(2)),
                    .capacity = static_cast<bound>(below(3)),
                    .disconnect = static_cast<disconnection>(below(4) == 0 ? 1 + below(2) : 0)};
    }
    make_coarse(h);
    if (!h.operations.empty() && malformed(h).empty()) {
      return h;
    }
  }
}

std::string to_text(const history& h) {
  std::string text = fmt::format("order {}, empty {}, full {}, capacity {} {}, disconnect {}, {} senders{}\n",
                                 to_string(h.promised.order), to_string(h.promised.empty), to_string(h.promised.full),
                                 to_string(h.promised.capacity), h.capacity ? fmt::to_string(*h.capacity) : "unbounded",
                                 to_string(h.promised.disconnect), h.senders, h.quiescent ? ", quiescent" : "");
  for (const operation& o : h.operations) {
    text += fmt::format("  thread {} sender {}: {}({}) -> {} [{}, {}]\n", o.thread, o.handle, to_string(o.kind),
                        o.value, to_string(o.result), o.begin, o.end == operation::never ? "…" : fmt::to_string(o.end));
  }
  return text;
}

std::string to_text(const tally& counted) {
  std::string text = fmt::format("{} histories: {} conform, {} of them not decided completely ({} breaches missed)",
                                 counted.histories, counted.conforming, counted.incomplete, counted.missed);
  for (const auto& [id, count] : counted.violating) {
    text += fmt::format(", {} {}", id, count);
  }
  return text;
}

}  // namespace plumbline::oracle::test

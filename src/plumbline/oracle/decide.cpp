#include "plumbline/oracle/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <tuple>
#include <vector>

#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/examine.hpp"
#include "plumbline/oracle/search.hpp"

namespace plumbline::oracle {
namespace {

// Whoever keeps the strongest order keeps the weaker ones, which are not decided completely.
history held_to_order(history h) {
  h.promised.order = order::linearizable;
  return h;
}

bool keeps_in_order(const history& h) {
  const examination e = examine(held_to_order(h));
  return !e.found && e.complete;
}

bool keeps(const history& h) {
  const examination e = examine(h);
  return !e.found && (e.complete || decide(h).what == judgement::conforms);
}

// The words of one dimension, from a strong one to the weakest.
template <class Word>
auto words(Word from, Word weakest) {
  return std::views::iota(static_cast<int>(from), static_cast<int>(weakest) + 1) |
         std::views::transform([](int word) { return static_cast<Word>(word); });
}

}  // namespace

verdict decide(const history& h) {
  verdict said = check(h);
  if (said.what != judgement::conforms || said.complete || keeps_in_order(h)) {
    return said;
  }
  verdict searched = search(h);
  if (searched.what != judgement::unknown) {
    return searched;
  }
  said.what = judgement::unknown;
  said.because = fmt::format("{}; {}", why_incomplete, searched.because);
  return said;
}

std::optional<linearization> order_of(const history& h) {
  auto order = linearization_of(h);
  if (!order && h.promised.order != order::linearizable) {
    order = linearization_of(held_to_order(h));
  }
  return order ? order : find_order(h);
}

std::optional<contract> strongest(const history& h, const contract& from) {
  std::vector<contract> weaker;
  for (const order o : words(from.order, order::unordered)) {
    for (const emptiness e : words(from.empty, emptiness::weak)) {
      for (const fullness f : words(from.full, fullness::spurious)) {
        for (const bound c : words(from.capacity, bound::unbounded)) {
          for (const disconnection d : words(from.disconnect, disconnection::none)) {
            weaker.push_back({.order = o, .empty = e, .full = f, .capacity = c, .disconnect = d});
          }
        }
      }
    }
  }
  std::ranges::sort(weaker, {}, [](const contract& c) {
    const int steps = static_cast<int>(c.order) + static_cast<int>(c.empty) + static_cast<int>(c.full) +
                      static_cast<int>(c.capacity) + static_cast<int>(c.disconnect);
    return std::tuple(steps, c.order, c.empty, c.full, c.capacity, c.disconnect);
  });
  history declared = h;
  const auto kept = std::ranges::find_if(weaker, [&](const contract& c) {
    declared.promised = c;
    return keeps(declared);
  });
  return kept == weaker.end() ? std::nullopt : std::optional(*kept);
}

}  // namespace plumbline::oracle

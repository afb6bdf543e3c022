#pragma once

#include <cstdint>
#include <vector>

namespace plumbline::oracle {

// A send at the end of a history whose value was never received. It took effect at an instant from `release` to
// `deadline`; if it is pending it did so or never (`must` is false).
struct undelivered {
  std::uint64_t release = 0;
  std::uint64_t deadline = 0;
  bool must = false;
};

// Whether the sends that must take effect find room, if the q-th of them (from 0) can do so from opens[q] on: where
// there are more sends than entries, the rest never can. `opens` ascends.
bool all_fit(const std::vector<undelivered>&, const std::vector<std::uint64_t>& opens);

// The earliest instant, for each q, at which q + 1 of the sends can have taken effect, in an order that lets all take
// effect that must: one schedule attains all of these instants at once. `never` where there is none. Requires
// all_fit(). O(n log n).
std::vector<std::uint64_t> earliest_instants(const std::vector<undelivered>&, const std::vector<std::uint64_t>& opens);

}  // namespace plumbline::oracle

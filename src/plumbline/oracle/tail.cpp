#include "plumbline/oracle/tail.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {
namespace {

// Where something can change: at a begin or, after the begins that have the same stamp, at an end.
using edge = std::pair<std::uint64_t, bool>;
constexpr bool at_begin = false;
constexpr bool at_end = true;

// Numbers with two operations: add to all from a place on, and ask for the least from a place on.
class suffix_minimum {
 public:
  explicit suffix_minimum(const std::vector<std::ptrdiff_t>& values) : leaves_(std::bit_ceil(values.size())) {
    least_.assign(2 * leaves_, far);
    added_.assign(2 * leaves_, 0);
    std::ranges::copy(values, least_.begin() + static_cast<std::ptrdiff_t>(leaves_));
    for (std::size_t node = leaves_ - 1; node > 0; --node) {
      pull(node);
    }
  }

  // From the leaf upwards: whatever hangs to the right of the way up is in the suffix as a whole.
  void add_from(std::size_t place, std::ptrdiff_t amount) {
    std::size_t node = leaves_ + place;
    least_[node] += amount;
    for (; node > 1; node /= 2) {
      if (node % 2 == 0) {
        least_[node + 1] += amount;
        added_[node + 1] += amount;
      }
      pull(node / 2);
    }
  }

  std::ptrdiff_t least_from(std::size_t place) const {
    std::size_t node = leaves_ + place;
    std::ptrdiff_t least = least_[node];
    for (; node > 1; node /= 2) {
      if (node % 2 == 0) {
        least = std::min(least, least_[node + 1]);
      }
      least += added_[node / 2];
    }
    return least;
  }

 private:
  static constexpr std::ptrdiff_t far = std::ptrdiff_t{1} << 60;

  void pull(std::size_t node) { least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + added_[node]; }

  std::size_t leaves_;
  std::vector<std::ptrdiff_t> least_;  // of the leaves below, without what was added above
  std::vector<std::ptrdiff_t> added_;  // to all leaves below
};

}  // namespace

bool all_fit(const std::vector<undelivered>& sends, const std::vector<std::uint64_t>& opens) {
  std::vector<std::uint64_t> deadlines;
  for (const undelivered& s : sends) {
    if (s.must) {
      deadlines.push_back(s.deadline);
    }
  }
  std::ranges::sort(deadlines);
  if (deadlines.size() > opens.size()) {
    return false;
  }
  for (std::size_t q = 0; q < deadlines.size(); ++q) {
    if (opens[q] > deadlines[q]) {
      return false;
    }
  }
  return true;
}

// Let A be the number of sends that have taken effect, as it grows along the cells between two edges. Schedules exist
// for every A that is at most the number of places opened, at most the number of sends released, and grows by at least
// the number of sends whose windows lie wholly inside a stretch (Hall). These conditions are closed under the pointwise
// maximum, so there is a greatest A, and its steps are the earliest instants.
std::vector<std::uint64_t> earliest_instants(const std::vector<undelivered>& sends,
                                             const std::vector<std::uint64_t>& opens) {
  std::vector<edge> edges = {{0, at_begin}};
  for (const undelivered& s : sends) {
    edges.emplace_back(s.release, at_begin);
    if (s.must) {
      edges.emplace_back(s.deadline, at_end);
    }
  }
  for (const std::uint64_t open : opens) {
    edges.emplace_back(open, at_begin);
  }
  std::ranges::sort(edges);
  edges.erase(std::ranges::unique(edges).begin(), edges.end());
  const auto cell_from = [&](edge e) {
    return static_cast<std::size_t>(std::ranges::lower_bound(edges, e) - edges.begin());
  };

  std::vector<std::ptrdiff_t> opened(edges.size(), 0);
  std::vector<std::ptrdiff_t> released(edges.size(), 0);
  std::vector<std::vector<std::size_t>> last_of_those_from(edges.size());
  for (const std::uint64_t open : opens) {
    ++opened[cell_from({open, at_begin})];
  }
  for (const undelivered& s : sends) {
    const std::size_t first = cell_from({s.release, at_begin});
    ++released[first];
    if (s.must) {
      last_of_those_from[first].push_back(cell_from({s.deadline, at_end}) - 1);
    }
  }
  for (std::size_t c = 1; c < edges.size(); ++c) {
    opened[c] += opened[c - 1];
    released[c] += released[c - 1];
  }

  // From the right: what is still to come that must, less the places that open until then.
  suffix_minimum room(opened);
  std::vector<std::ptrdiff_t> most(edges.size());
  for (std::size_t c = edges.size(); c-- > 0;) {
    most[c] = std::min(released[c], room.least_from(c));
    for (const std::size_t last : last_of_those_from[c]) {
      room.add_from(last, -1);
    }
  }

  std::vector<std::uint64_t> instants;
  for (std::size_t c = 0; c < edges.size(); ++c) {
    for (auto q = static_cast<std::ptrdiff_t>(instants.size()); q < most[c]; ++q) {
      instants.push_back(edges[c].first);
    }
  }
  instants.resize(sends.size(), operation::never);
  return instants;
}

}  // namespace plumbline::oracle

#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// An operation takes effect or, with capacity 0, a send and a receive do so together.
struct effect {
  static constexpr std::size_t none = ~std::size_t{0};

  std::size_t operation = none;  // an index into the history; the send, if there are two
  std::size_t with = none;       // the receive
};

// The order in which operations took effect. What is pending is in it if it took effect.
using linearization = std::vector<effect>;

// An order that explains a history that conforms: the one in which sends take effect as early, and receives as late, as
// can be. None if check() finds a breach, or does not decide this history completely. O(n log n).
//
// Requires that the history is not malformed().
std::optional<linearization> linearization_of(const history&);

}  // namespace plumbline::oracle

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle::test {

using random_source = std::mt19937_64;

// From 0 to n-1.
inline std::size_t below(random_source& random, std::size_t n) {
  return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

struct history_shape {
  std::size_t operations = 6;  // at most
  std::size_t sender_threads = 3;
  std::size_t changes = 3;  // on the average so many are made to the record of what really happened
};

// A record of a random run of a channel that keeps the strongest contract, then changed in a few random places:
// outcomes, values, time stamps, the declared contract and capacity. Well-formed; about half of them are illegal.
history random_history(random_source&, const history_shape&);

}  // namespace plumbline::oracle::test

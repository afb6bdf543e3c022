#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "describe.hpp"
#include "random_history.hpp"

namespace plumbline::oracle::test {

// PLUMBLINE_SEED and PLUMBLINE_CASES replay and prolong each of these.
template <class Check>
void for_random_histories(std::uint64_t cases, Check check) {
  const std::uint64_t seed = number_from("PLUMBLINE_SEED", 4711);
  cases = number_from("PLUMBLINE_CASES", cases);
  for (std::uint64_t i = 0; i < cases; ++i) {
    random_source random(seed + i);
    const history h = random_history(random, {.operations = 4 + i % 8, .sender_threads = 1 + i % 4, .changes = 2});
    check(h);
    ASSERT_FALSE(testing::Test::HasFailure()) << "replay with PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1\n"
                                              << describe(h);
  }
}

}  // namespace plumbline::oracle::test

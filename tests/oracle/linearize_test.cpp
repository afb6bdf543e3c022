// The search finds an order exactly when there is one: it agrees with an enumeration of all sequences, which has no
// memory and its own reading of the contract, on thousands of random small histories of every contract; and its budget
// holds.

#include "plumbline/oracle/linearize.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "describe.hpp"
#include "enumeration.hpp"
#include "random_history.hpp"

namespace plumbline::oracle::test {
namespace {

// PLUMBLINE_SEED replays a run, PLUMBLINE_CASES makes it longer.
TEST(Linearize, AgreesWithTheEnumerationOfAllSequences) {
  const std::uint64_t seed = number_from("PLUMBLINE_SEED", 20240229);
  const std::uint64_t cases = number_from("PLUMBLINE_CASES", 30000);
  std::array<std::uint64_t, 2> seen = {};
  for (std::uint64_t i = 0; i < cases; ++i) {
    random_source random(seed + i);
    const history h =
        random_history(random, {.operations = 3 + i % 5, .sender_threads = 1 + i % 3, .changes = 3 + i % 4});
    const bool legal = has_a_legal_order(h);
    ASSERT_EQ(linearize(h), legal ? judgement::conforms : judgement::violates)
        << "replay with PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1\n"
        << describe(h);
    ++seen[legal ? 1 : 0];
  }
  std::printf("%llu legal, %llu illegal, seed %llu\n", static_cast<unsigned long long>(seen[1]),
              static_cast<unsigned long long>(seen[0]), static_cast<unsigned long long>(seed));
  if (cases >= 1000) {  // a generator of nothing but one kind would check nothing
    EXPECT_GT(seen[0], cases / 6);
    EXPECT_GT(seen[1], cases / 6);
  }
}

}  // namespace
}  // namespace plumbline::oracle::test

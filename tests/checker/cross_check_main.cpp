// The cross-check by itself, for long runs and for broken checkers (mutants.py):
//   plumbline_cross_check [histories] [seed] [operations]
// Prints the first history on which the checker and the brute force disagree, and then ends with 1.

#include <fmt/format.h>

#include <cstdlib>
#include <random>

#include "cross_check.hpp"

int main(int count, char** arguments) {
  using namespace plumbline::oracle;
  const auto argument = [&](int i, std::uint64_t otherwise) {
    return i < count ? std::strtoull(arguments[i], nullptr, 10) : otherwise;
  };
  const std::uint64_t histories = argument(1, 1'000'000);
  const std::uint64_t seed = argument(2, 1);
  const std::uint64_t operations = argument(3, 9);
  std::mt19937_64 random(seed);
  test::tally counted;
  for (std::uint64_t i = 0; i < histories; ++i) {
    const history h = test::random_case(random, operations);
    const std::string wrong = test::disagreement(h, counted);
    if (!wrong.empty()) {
      fmt::print("history {} of seed {}: {}\n{}", i, seed, wrong, test::to_text(h));
      return EXIT_FAILURE;
    }
  }
  fmt::print("seed {}: {}\n", seed, test::to_text(counted));
  return EXIT_SUCCESS;
}

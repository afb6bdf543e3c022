// The cross-check by itself, for long runs and for broken checkers (mutants.cmake).

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string_view>

#include "cross_check.hpp"
#include "enumeration_of_records.hpp"
#include "lateness.hpp"

namespace {

using namespace plumbline::oracle;

constexpr std::string_view usage =
    "usage: plumbline_cross_check random HISTORIES [SEED [OPERATIONS]]\n"
    "       plumbline_cross_check every OPERATIONS [SENDERS [plain]]\n"
    "       plumbline_cross_check late\n"
    "Compares the checker with the brute force on so many random histories of at most 9 (or so many) operations, or "
    "on\n"
    "every history of so many, with each capacity; plain: without clones, drops and timed operations. Prints the "
    "first\n"
    "on which they disagree, and then ends with 1. late: when the stream reports a breach, beside what is recorded; "
    "ends\n"
    "with 1 if it is another time.\n";

void compare(const history& h, test::tally& counted, test::depth depth) {
  const std::string wrong = test::disagreement(h, counted, depth);
  if (!wrong.empty()) {
    fmt::print("history {}: {}\n{}", counted.histories, wrong, test::to_text(h));
    std::exit(EXIT_FAILURE);
  }
}

void compare_random(std::uint64_t histories, std::uint64_t seed, std::size_t operations, test::tally& counted) {
  std::mt19937_64 random(seed);
  while (counted.histories < histories) {
    compare(test::random_case(random, operations), counted, test::depth::proof);
  }
}

void compare_every(const test::record_sizes& sizes, test::tally& counted) {
  test::for_each_record(sizes, [&](history& h) {
    const bool pending =
        std::ranges::any_of(h.operations, [](const operation& o) { return o.result == outcome::pending; });
    for (const capacity made_with : {capacity(), capacity(0), capacity(1), capacity(2)}) {
      h.capacity = made_with;
      for (h.quiescent = false;; h.quiescent = true) {
        compare(h, counted, counted.histories % 64 == 0 ? test::depth::proof : test::depth::judgement);
        if (h.quiescent || !pending) {
          break;
        }
      }
    }
  });
}

// Prints how late the stream is, and whether that is what is recorded.
int compare_lateness() {
  const auto measured = test::measure_lateness();
  const bool as_recorded = measured && test::to_text(*measured) == test::recorded_lateness();
  fmt::print("{}", !measured ? "early: " + measured.error() : (as_recorded ? "" : "late: ") + test::to_text(*measured));
  return as_recorded ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view mode = count > 1 ? arguments[1] : "";
  const auto argument = [&](int i, std::uint64_t otherwise) {
    return i < count ? std::strtoull(arguments[i], nullptr, 10) : otherwise;
  };
  test::tally counted;
  if (mode == "late") {
    return compare_lateness();
  }
  if (mode == "random" && count > 2) {
    compare_random(argument(2, 0), argument(3, 1), argument(4, 9), counted);
  } else if (mode == "every" && count > 2) {
    const bool all = count < 5;
    compare_every({.operations = argument(2, 0),
                   .senders = static_cast<std::uint32_t>(argument(3, 1)),
                   .clones = all,
                   .drops = all,
                   .timed = all},
                  counted);
  } else {
    fmt::print(stderr, "{}", usage);
    return 3;
  }
  fmt::print("no disagreement in {}\n", test::to_text(counted));
  return EXIT_SUCCESS;
}

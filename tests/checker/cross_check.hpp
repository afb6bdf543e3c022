#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>

#include "plumbline/oracle/history.hpp"

// The checker against the brute force, and its proofs against the verifier.
namespace plumbline::oracle::test {

struct tally {
  std::size_t histories = 0;
  std::size_t conforming = 0;
  std::size_t incomplete = 0;                         // said to conform, and not completely decided
  std::size_t missed = 0;                             // of those, they do not conform
  std::map<std::string, std::size_t> violating = {};  // by the id of the rule
};

// What is wrong with what the checker says of this history, in one line; empty if nothing is. Looks at check(), at the
// stream and, unless only the judgement is wanted, at the certificate or the linearization. Requires at most 40
// operations.
enum class depth : std::uint8_t { judgement, proof };
std::string disagreement(const history&, tally&, depth = depth::proof);

// A history of at most that many operations, legal or changed in a few places, with a random contract.
history random_case(std::mt19937_64&, std::size_t operations);

std::string to_text(const history&);
std::string to_text(const tally&);

}  // namespace plumbline::oracle::test

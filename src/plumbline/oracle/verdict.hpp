#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/oracle/contract.hpp"

namespace plumbline::oracle {

enum class judgement : std::uint8_t { conforms, violates, unknown };

// What a checker says of a history. Never a bool: `unknown` (a budget ran out) is not `conforms`.
struct verdict {
  judgement what = judgement::unknown;
  std::optional<rule> broken;        // violates: the rule
  std::string because;               // violates: one sentence; unknown: what ran out
  std::vector<std::size_t> witness;  // violates: the operations (indices into the history) that show it
  bool complete = true;              // conforms: false if a history that breaks the contract might be said to conform
};

// Why a verdict is not complete.
inline constexpr std::string_view why_incomplete =
    "no breach was found, but where values have no common order, not every breach of a capacity is";

std::string_view to_string(judgement) noexcept;

}  // namespace plumbline::oracle

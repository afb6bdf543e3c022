#pragma once

#include "plumbline/oracle/verdict.hpp"

// What the plumbline command exits with. The same for every command.
namespace plumbline::cli {

enum exit_code : int { conforms = 0, violates = 1, unknown = 2, misuse = 3 };

constexpr exit_code code_of(oracle::judgement what) {
  switch (what) {
    case oracle::judgement::conforms:
      return conforms;
    case oracle::judgement::violates:
      return violates;
    case oracle::judgement::unknown:
      break;
  }
  return unknown;
}

}  // namespace plumbline::cli

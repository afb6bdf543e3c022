#pragma once

#include <cstdint>
#include <string>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// The whole life of a value, some lines: who sent it, when and with what outcome, who received it, and what the
// receiver did between the two, when the value was inside for certain. Says so if there is no such value.
//
// Requires that the history is not malformed().
std::string life_of(const history&, std::uint64_t value);

}  // namespace plumbline::oracle

#pragma once

#include <cstdint>
#include <string>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle::test {

// A history as the message of a failed test: its header and an operation a line.
std::string describe(const history&);

// The number in that environment variable, if it is set.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise);

}  // namespace plumbline::oracle::test

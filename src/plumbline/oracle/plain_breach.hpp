#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// A breach that a look at the values shows: no order of the operations has to be tried.
struct plain_breach {
  rule broken;
  std::string because;
  std::vector<std::size_t> witness;
};
std::optional<plain_breach> find_plain_breach(const history&);

}  // namespace plumbline::oracle

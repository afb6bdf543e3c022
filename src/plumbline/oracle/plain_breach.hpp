#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// Some of a history's values. Most of those that are asked for are not among them, which is soon seen.
class some_values {
 public:
  some_values(const history&, const std::vector<std::size_t>& of_operations);
  bool contains(std::uint64_t value) const noexcept;

 private:
  std::vector<std::uint64_t> sorted_;
};

// A breach that a look at the values shows: no order of the operations has to be tried. `only`: of these values.
struct plain_breach {
  rule broken;
  std::string because;
  std::vector<std::size_t> witness;
};
std::optional<plain_breach> find_plain_breach(const history&, const some_values* only = nullptr);

}  // namespace plumbline::oracle

#pragma once

#include <optional>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/judge.hpp"

namespace plumbline::oracle {

// What the rules alone say of a history.
struct examination {
  std::optional<breach> found;
  bool complete = true;
};
examination examine(const history&);

}  // namespace plumbline::oracle

#pragma once

#include <string>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// Why the history cannot have kept this rule, step by step, as numbered lines: from an instant that is known, over what
// has to lie after it, to the operation that had ended by then; or what has to hold, what was seen, and what
// contradicts it. Empty if there is no such argument (then one sentence says it all: because()), or nothing breaks it.
//
// Requires that the history is not malformed(). For histories as small as those that show a breach: quadratic.
std::string chain_of(const history& smallest, rule broken, extent = extent::whole);

}  // namespace plumbline::oracle

#pragma once

#include <string>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// Why the contract cannot have been kept, step by step: from an instant that is known, over what has to lie after it,
// to the send that had ended by then: numbered lines. Empty if what breaks the contract is no such chain (then one
// sentence says it all: because()), or if nothing does.
//
// Requires that the history is not malformed(). For histories as small as those that show a breach: quadratic.
std::string chain_of(const history& smallest);

}  // namespace plumbline::oracle

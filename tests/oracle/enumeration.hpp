#pragma once

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle::test {

// Whether the history keeps its contract, by trying every sequence of its operations: no memory of states, no
// masks, and the contract written down once more, from docs/contract.md and without a look at oracle/model. Slow, and
// only for a handful of operations.
bool has_a_legal_order(const history&);

}  // namespace plumbline::oracle::test

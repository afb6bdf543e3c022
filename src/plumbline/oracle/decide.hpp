#pragma once

#include <optional>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/linearization.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

// What a history of any size says of the contract that it declares: by the checker. What it cannot decide completely,
// and finds no breach in, is decided by the search if it is small, and otherwise is `unknown`.
//
// Requires that the history is not malformed().
verdict decide(const history&);

// An order in which the operations of a history can have taken effect. None if there is none, or if decide() does not
// know one.
//
// Requires that the history is not malformed().
std::optional<linearization> order_of(const history&);

// The strongest contract, no stronger than `from`, that the history keeps: the one that is the fewest steps weaker,
// where two are equally many, the one that keeps more of the order, then of `empty`, `full`, `capacity`, `disconnect`.
// None if the history breaks every contract (or it is not known to keep one).
std::optional<contract> strongest(const history&, const contract& from);

}  // namespace plumbline::oracle

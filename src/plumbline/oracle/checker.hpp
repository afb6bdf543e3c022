#pragma once

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

// Whether the history keeps the contract that it declares: in time O(n log n) and without any search, so also for
// millions of operations. docs/checker.md says how, and why that is exact.
//
// Exact for every contract whose order is linearizable, for every rendezvous channel, and for every contract without
// a capacity. For a per-sender or unordered channel with a capacity what it reports is a breach, but some breaches of
// CAPACITY and FULL-HONEST are not found: then the verdict that the history conforms is not `complete`.
//
// Two time stamps that are equal are those of overlapping operations, except that the receiver's operations took effect
// in the order in which they are listed.
//
// Of a breach, the verdict has the rule and the operations that certificate() finds, and because()'s sentence on them.
//
// Requires that the history is not malformed().
verdict check(const history&);

}  // namespace plumbline::oracle

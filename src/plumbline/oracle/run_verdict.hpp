#pragma once
// From what was seen of a run to what is said of it.

#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/runner.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

// What the contract in the history says of the run, its faults included.
verdict verdict_of(const observation&);

// The same for a run that hung: an operation that never waits and did not return is a verdict of its own.
verdict verdict_of_hung(const observation&);

// What the adapter did wrong, so that the channel cannot be judged; empty if nothing.
std::string misuse_in(const observation&);

// The promises that are one word stronger than the contract, by dimension, the strongest first.
std::vector<stronger_promise> stronger_than(const contract& promised);

// How the history breaks the stronger promise, if it does; cheap where it plainly does not.
std::optional<verdict> refutation(const history&, const stronger_promise&);

}  // namespace plumbline::oracle

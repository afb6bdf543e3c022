#pragma once

#include <cstddef>
#include <vector>

#include "plumbline/oracle/certificate.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/linearization.hpp"
#include "plumbline/oracle/verdict.hpp"

// Believes nothing that the checker says: both answers come with a proof, and here the proofs are looked at. Shares no
// code with the checker; what a channel may do it asks of oracle/model.
namespace plumbline::oracle {

// Whether the certificate proves that the history breaks its contract: `violates` if so, `conforms` if not, because the
// part that it shows conforms or because something was left out that must not be; `unknown` if the part is too large
// to be searched with that many states, or has more than most_confirmed operations: the search goes as deep, and
// remembers as much of each state.
inline constexpr std::size_t most_confirmed = 300;
judgement confirm_breach(const history&, const certificate&, std::size_t most_states = 1'000'000);

// Whether the operations can have taken effect in this order: all of them that ended, none before another one that had
// ended before it began, and each with the outcome that it had.
bool confirm_order(const history&, const linearization&);

}  // namespace plumbline::oracle

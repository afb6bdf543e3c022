#pragma once

#include <string>
#include <vector>

#include "plumbline/oracle/chain_bounds.hpp"
#include "plumbline/oracle/history.hpp"

// The arguments of chain_of() that are no bounds on the instants of sends: each a list of steps, of which the last is
// the contradiction; empty if it does not hold. None holds against a history that keeps its contract.
namespace plumbline::oracle::reasons {

using steps = std::vector<std::string>;

steps came_from_nowhere(const history&, const words&);  // INTEGRITY
steps never_full(const history&, const std::vector<passage>&, const words&);
steps too_many_inside(const history&, const words&);
steps never_room(const history&, const words&);
steps no_head_to_wait_for(const history&, const words&);  // `empty` head-of-line
steps nothing_excuses_it(const history&, const words&);   // `empty` weak
steps never_met(const history&, const words&);
steps kept_and_given_back(const history&);            // a send failed, and its value was received
steps receiver_misled(const history&, const words&);  // RECV-DISCONNECTED
steps sender_misled(const history&, const words&);    // SEND-DISCONNECTED
steps sleeps_beside_work(const history&, bool receiver, const words&);

}  // namespace plumbline::oracle::reasons

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/reasons.hpp"

// The bounds of docs/checker.md, each with its reason, once more and as plainly as can be: for small histories.
namespace plumbline::oracle::reasons {

// When the send of a value took effect at the earliest, and why.
struct earliest_instant {
  std::uint64_t after = 0;
  std::string because;                             // a step of the chain
  const earliest_instant* follows_from = nullptr;  // the step before it
};

// A value's way through the channel.
struct passage {
  const operation* send = nullptr;
  const operation* recv = nullptr;  // none: it was never received
  earliest_instant earliest;
};

// Those of all values that were received, in the order of their receives, and of those that were sent completely and
// were not. Points into the history.
std::vector<passage> passages_of(const history&, const words&);

// From an instant that is known to this one, a step for each.
std::vector<std::string> steps_to(const earliest_instant&);

}  // namespace plumbline::oracle::reasons

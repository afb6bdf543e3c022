#pragma once
// A program in which a channel failed, made smaller for as long as it still fails.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/program.hpp"

namespace plumbline::oracle {

// How many requests a program has, in the order in which to_string() lists them: those of each sender thread, then the
// receiver's; that it drains counts as one.
std::size_t requests_of(const program&);

// The program without these requests (ascending numbers), without those that use a sender whose clone is left out, and
// without the sender threads that have nothing left to do. A receiver that polls until it hears `disconnected` polls
// until nothing comes any more, if it will not hear that. None if it might wait for ever on a correct channel then, or
// if there is no such request.
std::optional<program> without(const program&, disconnection, const std::vector<std::size_t>& left_out);

struct shrunk {
  std::vector<std::size_t> left_out;   // of the program's requests
  std::optional<std::uint32_t> burst;  // no request sends more values than so many now
  bool plain = false;              // it fails alike with a plain payload, which the seed did not draw, and has it now
  finding smallest;                // how what is left failed
  std::uint64_t runs = 0;          // of programs, all attempts together
  std::size_t requests = 0;        // that are left
  bool threads_are_stuck = false;  // as in campaign_result
};

// Leaves out what can be left out such that what is left still breaks the same rule: the payload that the seed drew, if
// a plain one does as well and no payload was asked for; then sender threads, what ends the program, and halves, then
// one request after another, until none can be spared; then values of bursts. Each attempt is run up to `tries` times,
// with other pauses each time, for whether a program fails is chance; all of them together at most `most_runs` times,
// and not after `go_on`, which is asked from time to time, says no. Deterministic but for that chance.
//
// `options` are those of the campaign that found it. A run that hangs leaves threads behind, as in a campaign.
shrunk shrink_program(const channel_type&, const campaign_options& options, const finding& found, std::uint64_t tries,
                      std::uint64_t most_runs, const std::function<bool()>& go_on);

}  // namespace plumbline::oracle

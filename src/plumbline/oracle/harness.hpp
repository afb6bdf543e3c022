#pragma once
// The oracle at work: runs client programs on a channel, has each history judged, and stops at the first that breaks
// the contract. Not returning is judged as well.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/black_box.hpp"
#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/program.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

struct campaign_options {
  contract promised;  // what the channel is held to; usually what its type declares
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> only_program;                 // this one, again and again, with other pauses each time
  std::vector<std::size_t> without;                          // of its requests (shrinking.hpp); of only_program only
  std::optional<std::uint32_t> burst = {};                   // and none of them sends more values than so many
  std::optional<oracle::capacity> capacity;                  // only channels of this capacity
  std::optional<std::uint32_t> senders;                      // only programs that start with so many
  std::optional<payload> carried = {};                       // only this payload
  std::optional<std::uint64_t> programs;                     // stop after so many
  std::optional<std::uint64_t> operations;                   // stop after so many, or a few more
  std::uint64_t shard = 0;                                   // of the programs of the seed only those whose number,
  std::uint64_t shards = 1;                                  // divided by `shards`, leaves `shard`
  std::chrono::nanoseconds time = std::chrono::seconds(10);  // stop after so long
  unsigned jobs = 1;                                         // programs that run at the same time
  std::chrono::milliseconds hangs_after{2000};               // nothing has moved for so long
  bool schedules = true;                                     // draws how threads are scheduled (scheduling.hpp)
  bool refutes_stronger = true;                              // says which promises beyond the contract do not hold
  black_box* seen_by = nullptr;                              // where another process sees what is done; outlives all
};

// What has been done so far.
struct tally {
  std::uint64_t programs = 0;
  std::uint64_t operations = 0;
  std::uint64_t received = 0;     // values
  std::uint64_t overlapping = 0;  // programs in which operations of different threads did overlap
  std::uint64_t undecided = 0;    // programs whose history the checker gave up on
  std::uint64_t tracked = 0;      // programs with tracked payloads, for which LIFETIME was looked at
  std::uint64_t situations = 0;   // different ones (situations.hpp)
  std::chrono::duration<double> seconds{0};
  std::chrono::duration<double> lag{0};  // from the end of a program until it is judged, on average
};

// A history that breaks the contract.
struct finding {
  verdict judged;
  history recorded;
  std::uint64_t program = 0;             // its number
  std::uint64_t round = 0;               // which repetition of it, if only one program is run
  bool hung = false;                     // operations did not return
  bool crashed = false;                  // the channel ended the process, which breaks no rule by name, and is violates
  std::string misuse;                    // the adapter, not the channel, is wrong: what it did
  std::optional<contract> explained_by;  // the strongest weaker contract that this history keeps
};

// A promise that the channel does not make, one word stronger than its contract, and what the run says of it.
struct stronger_promise {
  std::string dimension;      // "order"
  std::string word;           // "linearizable"
  contract whole;             // the contract with that word
  std::uint64_t refuted = 0;  // in so many programs
  std::optional<finding> example;
};

struct campaign_result {
  tally done;
  judgement what = judgement::unknown;
  std::string because;           // unknown: why
  std::optional<finding> found;  // violates
  std::vector<stronger_promise> stronger;
  std::vector<std::string> situations;  // in words
  contract kept;                        // the strongest contract, word by word, that the run did not refute
  bool threads_are_stuck = false;  // threads of the channel still wait inside it: end the process without joining them
};

// Whether operations of different threads overlapped.
bool overlaps(const history&);

class campaign {
 public:
  static constexpr unsigned most_jobs = 64;

  // Requires that the type is not contradictory, and the options can be met by it (see unmet).
  campaign(channel_type, campaign_options);

  // Why these options cannot be met by that channel, in a sentence; empty if they can.
  static std::string unmet(const channel_type&, const campaign_options&);

  // Runs until a violation, until the options say to stop, or until `go_on`, which is called about ten times a second
  // on the calling thread, says so.
  campaign_result run(const std::function<bool(const tally&)>& go_on);

  // In another process than that of run(), which has ended in the midst of it: what there is to say of it then. `how`
  // it ended is one sentence; `by_the_channel`, or by somebody else.
  campaign_result after_its_end(const black_box&, const std::string& how, bool by_the_channel) const;

  // Program number `index` of this campaign, without what is to be left out.
  program program_number(std::uint64_t index) const;

 private:
  struct shared_state;
  struct job;
  static void work(const std::shared_ptr<shared_state>&, job&);

  std::shared_ptr<shared_state> state_;  // shared with threads that may never end
};

}  // namespace plumbline::oracle

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle::test {

// What is to be simulated.
struct simulation {
  oracle::capacity capacity = {};
  std::size_t operations = 8;
  std::uint32_t threads = 3;    // that send
  std::uint32_t senders = 1;    // handles at the start; threads share them
  bool drops = true;            // and clones, and pending operations at the end
  unsigned one_timed_in = 4;    // of the operations so many are timed, and as many are tries
  unsigned receiver_share = 3;  // the receiver has so many turns for each of a thread
  unsigned one_drop_in = 16;    // of the receiver's operations, one is its drop
};

// The record of a random run of a channel that keeps the strongest contract: threads begin operations, let them take
// effect, and end them, in a random order. All time stamps differ, so that it can be as long as one likes, and is
// legal by construction.
history simulate(std::mt19937_64&, const simulation&);

// Changes the record in one place: an outcome, a value, a begin or an end, or an operation less. What comes of it may
// be malformed().
void mutate(std::mt19937_64&, history&);

}  // namespace plumbline::oracle::test

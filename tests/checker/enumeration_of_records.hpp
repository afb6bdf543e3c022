#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle::test {

struct record_sizes {
  std::size_t operations = 3;
  std::uint32_t senders = 1;  // handles at the start
  bool clones = true;
  bool drops = true;
  bool timed = true;  // send_for and recv_for besides the others
};

// Calls `visit` with every record of at most so many operations: all orders of begins and ends, all kinds, all
// outcomes, all handles, whatever is open pending. A receive may return every value that was sent, one that is sent
// later, and one that nobody sent. Left out is only what differs in names: of threads, of values. The contract and the
// capacity are the visitor's to set.
void for_each_record(const record_sizes&, const std::function<void(history&)>& visit);

}  // namespace plumbline::oracle::test

#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <string>

// When the stream reports a breach: compared, at every prefix of violating histories, with the search.
namespace plumbline::oracle::test {

struct lateness {
  std::size_t histories = 0;
  std::size_t at_once = 0;      // were reported at the event that made them illegal
  std::size_t at_the_end = 0;   // only when no event followed, and had been illegal before
  std::size_t events_late = 0;  // of the rest, in all
  std::size_t unexplained = 0;  // have no sentence of their own
};

// By the id of the rule that the stream names, for the first few thousand random histories of a fixed seed that break
// their contract. The error is a history of which the stream reported a breach too early.
std::expected<std::map<std::string, lateness>, std::string> measure_lateness();

// A table: a line for each rule.
std::string to_text(const std::map<std::string, lateness>&);

// The table as it was when it was last looked at. After a change that is meant, record it anew, and say why it changed.
std::string recorded_lateness();

}  // namespace plumbline::oracle::test

#pragma once

#include <cstddef>
#include <expected>
#include <iosfwd>
#include <string>

#include "plumbline/oracle/history.hpp"

// Histories as JSON Lines, an event a line: docs/history-format.md.
namespace plumbline::oracle {

inline constexpr int jsonl_version = 1;

struct read_error {
  std::size_t line = 0;  // from 1
  std::string reason;
};

// The history in the text, which is well-formed; or the first line that is wrong, and why. Reads a line at a time, none
// longer than 64 KiB.
std::expected<history, read_error> read_jsonl(std::istream&);

// Requires that the history is not malformed(). What is read back is equal to it.
void write_jsonl(std::ostream&, const history&);

}  // namespace plumbline::oracle

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

// Is told what a history file says, in its order: the header, and then the events. An operation begins without a result
// and without an end; when it ends it is told whole. What never ends is not told to. Times may be equal, and then the
// file's order means nothing. A sink that throws std::invalid_argument ends the reading, with what() as the reason.
class event_sink {
 public:
  virtual ~event_sink() = default;
  virtual void header(const history& empty) = 0;  // its contract, capacity and senders
  virtual void begin(const operation&) = 0;
  virtual void end(const operation&) = 0;
  virtual void quiescent() = 0;
  virtual bool wants_more() const { return true; }
};

// Reads a line at a time, none longer than 64 KiB. Its memory is that of the processes and the handles: it does not
// look whether values are sent twice, which is left to the sink. The error is that of the first line that is wrong.
std::expected<void, read_error> read_jsonl(std::istream&, event_sink&);

// The history in the text, which is well-formed; or the first line that is wrong, and why.
std::expected<history, read_error> read_jsonl(std::istream&);

// Requires that the history is not malformed(). What is read back is equal to it.
void write_jsonl(std::ostream&, const history&);

}  // namespace plumbline::oracle

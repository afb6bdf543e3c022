#pragma once

#include <cstdint>
#include <expected>
#include <iosfwd>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/jsonl.hpp"

namespace CLI {
class App;
}

namespace plumbline::cli {

// In what a history is written. docs/history-format.md
enum class file_format : std::uint8_t { jsonl, polylin, porcupine };

std::expected<oracle::history, oracle::read_error> read_as(file_format, std::istream&);

// --from, of a command that reads histories. `chosen` has to outlive the parsing.
void add_from_option(CLI::App& command, file_format& chosen);

}  // namespace plumbline::cli

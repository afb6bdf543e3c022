#pragma once

#include <expected>
#include <functional>
#include <iosfwd>
#include <string>

#include "cli/file_format.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/jsonl.hpp"

namespace plumbline::cli {

// Opens the file (-: the standard input) and has it read; the error is one line about what is wrong, and where.
std::expected<void, std::string> read_history_file(
    const std::string& file, const std::function<std::expected<void, oracle::read_error>(std::istream&)>& read);

// The history in the file (-: on the standard input), or one line about what is wrong with it.
std::expected<oracle::history, std::string> read_history_file(const std::string& file,
                                                              file_format = file_format::jsonl);

}  // namespace plumbline::cli

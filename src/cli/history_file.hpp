#pragma once

#include <expected>
#include <string>

#include "cli/file_format.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::cli {

// The history in the file (-: on the standard input), or one line about what is wrong with it.
std::expected<oracle::history, std::string> read_history_file(const std::string& file,
                                                              file_format = file_format::jsonl);

}  // namespace plumbline::cli

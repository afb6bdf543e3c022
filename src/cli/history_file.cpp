#include "cli/history_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>

namespace plumbline::cli {

std::expected<oracle::history, std::string> read_history_file(const std::string& file, file_format format) {
  const bool standard_input = file == "-";
  std::error_code ignored;
  if (!standard_input && std::filesystem::is_directory(file, ignored)) {
    return std::unexpected(fmt::format("{}: is a directory, and not a history file", file));
  }
  std::ifstream from_file;
  if (!standard_input) {
    from_file.open(file, std::ios::binary);
    if (!from_file) {
      return std::unexpected(fmt::format("{}: cannot be opened", file));
    }
  }
  auto read = read_as(format, standard_input ? std::cin : from_file);
  if (!read) {
    return std::unexpected(fmt::format("{}:{}: {}", file, read.error().line, read.error().reason));
  }
  return *std::move(read);
}

}  // namespace plumbline::cli

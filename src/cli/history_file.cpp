#include "cli/history_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>

namespace plumbline::cli {
namespace {

std::uintmax_t memory_of_this_machine() {
  return static_cast<std::uintmax_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uintmax_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::expected<void, std::string> read_history_file(
    const std::string& file, const std::function<std::expected<void, oracle::read_error>(std::istream&)>& read) {
  const bool standard_input = file == "-";
  std::error_code ignored;
  if (!standard_input && std::filesystem::is_directory(file, ignored)) {
    return std::unexpected(fmt::format("{}: is a directory, and not a history file", file));
  }
  std::ifstream from_file;
  if (!standard_input) {
    from_file.open(file, std::ios::binary);
    if (!from_file) {
      return std::unexpected(fmt::format("{}: cannot be opened: {}", file, std::generic_category().message(errno)));
    }
  }
  if (const auto done = read(standard_input ? std::cin : from_file); !done) {
    return std::unexpected(fmt::format("{}:{}: {}", file, done.error().line, done.error().reason));
  }
  return {};
}

std::expected<oracle::history, std::string> read_history_file(const std::string& file, file_format format) {
  // An operation takes about as much memory as text.
  std::error_code none;
  if (const std::uintmax_t size = std::filesystem::file_size(file, none); !none && size > memory_of_this_machine()) {
    return std::unexpected(fmt::format(
        "{}: is larger ({:.1f} GB) than this machine's memory; plumbline check --stream decides it in little", file,
        static_cast<double>(size) / 1e9));
  }
  oracle::history h;
  const auto read = read_history_file(file, [&](std::istream& in) -> std::expected<void, oracle::read_error> {
    auto whole = read_as(format, in);
    if (!whole) {
      return std::unexpected(whole.error());
    }
    h = *std::move(whole);
    return {};
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return h;
}

}  // namespace plumbline::cli

#include "cli/output_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/misuse_error.hpp"

namespace plumbline::cli {
namespace {

const std::filesystem::path started_in = [] {
  std::error_code none;
  return std::filesystem::current_path(none);
}();

void write(const char* flag, const std::string& file, const std::string& text, std::ios::openmode mode) {
  if (!file.empty() && !(std::ofstream(started_in / file, mode) << text << std::flush)) {
    throw misuse_error(fmt::format("{} {}: this file cannot be written", flag, file));
  }
}

}  // namespace

void require_writable(const char* flag, const std::string& file) { write(flag, file, "", std::ios::app); }

void empty_file(const std::string& file) {
  std::error_code none;
  if (std::filesystem::is_regular_file(started_in / file, none)) {
    std::filesystem::resize_file(started_in / file, 0, none);
  }
}

void write_file(const char* flag, const std::string& file, const std::string& text) {
  write(flag, file, text, std::ios::trunc);
}

}  // namespace plumbline::cli

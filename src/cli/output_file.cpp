#include "cli/output_file.hpp"

#include <fmt/format.h>

#include <fstream>

#include "cli/misuse_error.hpp"

namespace plumbline::cli {
namespace {

void write(const char* flag, const std::string& file, const std::string& text, std::ios::openmode mode) {
  if (!file.empty() && !(std::ofstream(file, mode) << text << std::flush)) {
    throw misuse_error(fmt::format("{} {}: this file cannot be written", flag, file));
  }
}

}  // namespace

void require_writable(const char* flag, const std::string& file) { write(flag, file, "", std::ios::app); }

void write_file(const char* flag, const std::string& file, const std::string& text) {
  write(flag, file, text, std::ios::trunc);
}

}  // namespace plumbline::cli

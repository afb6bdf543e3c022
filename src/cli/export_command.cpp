#include "cli/export_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_codes.hpp"
#include "cli/history_file.hpp"
#include "plumbline/oracle/tlc.hpp"

namespace plumbline::cli {
namespace {

exit_code export_to_tlc(const std::string& file) {
  const auto h = read_history_file(file);
  if (!h) {
    fmt::print(stderr, "{}\n", h.error());
    return misuse;
  }
  const auto trace = oracle::to_tlc(*h);
  if (!trace) {
    fmt::print(stderr, "{}: not for TLC: {}\n", file, trace.error());
    return misuse;
  }
  fmt::print("{}\n", to_json(*trace, file));
  return conforms;
}

}  // namespace

void add_export_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "export", "Writes histories, a line each, for TLC to judge: spec/judge reads them. (docs/spec-and-code.md)");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *files, "History files, JSON Lines; - is the standard input")->required();
  command->callback([files, &status] {
    exit_code worst = conforms;
    for (const std::string& file : *files) {
      worst = std::max(worst, export_to_tlc(file));
    }
    status = worst;
  });
}

}  // namespace plumbline::cli

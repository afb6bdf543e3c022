#include "cli/export_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_codes.hpp"
#include "cli/history_file.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/operation_list.hpp"
#include "plumbline/oracle/tlc.hpp"

namespace plumbline::cli {
namespace {

enum class target : std::uint8_t { tlc, jsonl, polylin, porcupine };
const std::map<std::string, target> targets = {
    {"tlc", target::tlc}, {"jsonl", target::jsonl}, {"polylin", target::polylin}, {"porcupine", target::porcupine}};

struct options {
  std::vector<std::string> files;
  file_format format = file_format::jsonl;
  std::string to = "tlc";
};

std::expected<void, std::string> write_for_tlc(std::ostream& out, const oracle::history& h, const std::string& file) {
  const auto trace = oracle::to_tlc(h);
  if (!trace) {
    return std::unexpected(trace.error());
  }
  out << to_json(*trace, file) << '\n';
  return {};
}

std::expected<void, std::string> write(std::ostream& out, const oracle::history& h, target to,
                                       const std::string& file) {
  switch (to) {
    case target::tlc:
      return write_for_tlc(out, h, file);
    case target::jsonl:
      oracle::write_jsonl(out, h);
      return {};
    case target::polylin:
      return oracle::write_polylin(out, h);
    case target::porcupine:
      return oracle::write_porcupine(out, h);
  }
  return {};
}

exit_code export_file(const std::string& file, const options& given) {
  const auto h = read_history_file(file, given.format);
  if (!h) {
    fmt::print(stderr, "{}\n", h.error());
    return misuse;
  }
  const target to = targets.at(given.to);
  if (const auto written = write(std::cout, *h, to, file); !written) {
    fmt::print(stderr, "{}: not for {}: {}\n", file, to == target::tlc ? "TLC" : given.to, written.error());
    return misuse;
  }
  if (!std::cout.flush()) {
    fmt::print(stderr, "{}: what is exported cannot be written to the standard output\n", file);
    return misuse;
  }
  return conforms;
}

}  // namespace

void add_export_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "export",
      "Writes histories for others to judge: TLC, a line each (docs/spec-and-code.md); PolyLin or Porcupine, one file "
      "(docs/history-format.md).");
  auto given = std::make_shared<options>();
  command->add_option("FILE", given->files, "History files, JSON Lines; - is the standard input")->required();
  add_from_option(*command, given->format);
  command->add_option("--to", given->to, "What to write: tlc (unless it is said), jsonl, polylin or porcupine")
      ->check(CLI::IsMember(targets).description(""));
  command->callback([given, &status] {
    if (given->to != "tlc" && given->files.size() > 1) {
      throw CLI::ValidationError("--to " + given->to, "takes one FILE, for what is written is one file");
    }
    exit_code worst = conforms;
    for (const std::string& file : given->files) {
      worst = std::max(worst, export_file(file, *given));
    }
    status = worst;
  });
}

}  // namespace plumbline::cli

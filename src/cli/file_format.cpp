#include "cli/file_format.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <utility>

#include "plumbline/oracle/operation_list.hpp"

namespace plumbline::cli {

std::expected<oracle::history, oracle::read_error> read_as(file_format format, std::istream& in) {
  switch (format) {
    case file_format::jsonl:
      return oracle::read_jsonl(in);
    case file_format::polylin:
      return oracle::read_polylin(in);
    case file_format::porcupine:
      return oracle::read_porcupine(in);
  }
  std::unreachable();
}

void add_from_option(CLI::App& command, file_format& chosen) {
  static const std::map<std::string, file_format> words = {
      {"jsonl", file_format::jsonl}, {"polylin", file_format::polylin}, {"porcupine", file_format::porcupine}};
  command
      .add_option_function<std::string>(
          "--from", [&chosen](const std::string& word) { chosen = words.at(word); },
          "What the files are: jsonl (unless it is said); polylin or porcupine, the lists of these checkers")
      ->check(CLI::IsMember(words).description(""));
}

}  // namespace plumbline::cli

#include "cli/stress_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "cli/exit_codes.hpp"
#include "cli/stress_options.hpp"
#include "cli/stress_report.hpp"
#include "plumbline/oracle/crash_report.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/jsonl.hpp"

namespace plumbline::cli {
namespace {

std::atomic<bool> interrupted{false};

// A file that a result is to go to is tried before the work, not after it.
void require_writable(const char* flag, const std::string& file) {
  if (!file.empty() && !std::ofstream(file, std::ios::app)) {
    throw misuse_error(fmt::format("{} {}: this file cannot be written", flag, file));
  }
}

// Writes the history; says so if that is not possible. Returns the file's name, empty if there is none.
std::string save(const oracle::history& recorded, const std::string& file) {
  std::ofstream out(file);
  oracle::write_jsonl(out, recorded);
  out.close();
  if (!out) {
    fmt::print(stderr, "plumbline: the history could not be written to {}\n", file);
    return "";
  }
  return file;
}

int stress(const stress_options& given) {
  const oracle::channel_type type = chosen_channel(given);
  const oracle::campaign_options options = campaign_for(given, type);
  std::signal(SIGINT, [](int) { interrupted.store(true); });
  require_writable("--json", given.json);
  require_writable("--save", given.save);
  const stress_subject subject{type, options, replay_command(given, type, options.seed)};
  oracle::install_crash_report(subject.command);

  oracle::campaign campaign(type, options);
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const oracle::campaign_result result = campaign.run([&](const oracle::tally& done) {
    if (terminal) {
      fmt::print(stderr, "\r\x1b[K{}", progress_line(done));
      std::fflush(stderr);
    }
    return !interrupted.load();
  });
  if (terminal) {
    fmt::print(stderr, "\r\x1b[K");
  }

  std::string saved_as;
  std::string example;
  if (result.found) {
    const std::string file =
        given.save.empty() ? fmt::format("plumbline-{}-{}-{}.jsonl", type.name, options.seed, result.found->program)
                           : given.save;
    saved_as = save(result.found->recorded, file);
    example = to_string(campaign.program_number(result.found->program));
  }
  print_report(subject, result, saved_as, example);
  if (!given.json.empty() && !(std::ofstream(given.json) << as_json(subject, result))) {
    fmt::print(stderr, "plumbline: the result could not be written to {}\n", given.json);
  }

  const bool adapter_is_wrong = result.found && !result.found->misuse.empty();
  const int status = adapter_is_wrong                             ? misuse
                     : result.what == oracle::judgement::violates ? violates
                     : result.what == oracle::judgement::conforms ? conforms
                                                                  : unknown;
  if (result.threads_are_stuck) {
    std::fflush(nullptr);
    std::_Exit(status);  // threads that hang inside the channel cannot be joined
  }
  return status;
}

}  // namespace

void add_stress_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("stress", "Put a channel under the oracle: many small client programs");
  const auto options = std::make_shared<stress_options>();
  options->add_to(*command);
  command->callback([options, &status] { status = stress(*options); });
}

}  // namespace plumbline::cli

#include "cli/stress_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "cli/exit_codes.hpp"
#include "cli/output_file.hpp"
#include "cli/stress_options.hpp"
#include "cli/stress_report.hpp"
#include "cli/supervised.hpp"
#include "cli/terminal_line.hpp"
#include "plumbline/oracle/crash_report.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/shrinking.hpp"

namespace plumbline::cli {
namespace {

std::atomic<bool> interrupted{false};

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

// Makes the program that failed smaller, and keeps its history.
finding_context context_of(const oracle::finding& found, const stress_options& given, const oracle::channel_type& type,
                           oracle::campaign_options options, const terminal_line& progress) {
  constexpr std::uint64_t tries = 500;
  constexpr std::chrono::seconds most_time{30};
  finding_context context;
  context.requests = oracle::requests_of(oracle::campaign(type, options).program_number(found.program));
  if (given.shrink > 0 && found.misuse.empty() && found.judged.what == oracle::judgement::violates) {
    const auto start = std::chrono::steady_clock::now();
    context.smaller = oracle::shrink_program(type, options, found, tries, given.shrink, [&] {
      const auto passed = std::chrono::steady_clock::now() - start;
      progress.show(fmt::format("found something; looking for a smaller program that fails alike, {:.0f} s",
                                std::chrono::duration<double>(passed).count()));
      return passed < most_time && !interrupted.load();
    });
    options.without = context.smaller->left_out;
    options.burst = context.smaller->burst;
    if (context.smaller->plain) {
      options.carried = oracle::payload::plain;
    }
  }
  options.only_program = found.program;
  context.program = to_string(oracle::campaign(type, options).program_number(found.program));
  const std::string file =
      given.save.empty() ? fmt::format("plumbline-{}-{}-{}.jsonl", type.name, options.seed, found.program) : given.save;
  context.saved_as = save(context.smaller ? context.smaller->smallest.recorded : found.recorded, file);
  return context;
}

int stress(const stress_options& given) {
  const oracle::channel_type type = chosen_channel(given);
  const oracle::campaign_options options = campaign_for(given, type);
  std::signal(SIGINT, [](int) { interrupted.store(true); });
  require_writable("--json", given.json);
  require_writable("--save", given.save);
  const stress_subject subject{type, options, replay_command(given, type, options.seed)};
  oracle::install_crash_report(subject.command, tell_supervisor_the_end);
  tell_supervisor(subject.command);

  oracle::campaign campaign(type, options);
  const terminal_line progress;
  const oracle::campaign_result result = campaign.run([&](const oracle::tally& done) {
    progress.show(progress_line(done));
    return !interrupted.load();
  });

  finding_context context;
  if (result.found) {
    context = context_of(*result.found, given, type, options, progress);
  }
  progress.clear();
  print_report(subject, result, context);
  if (!given.json.empty() && !(std::ofstream(given.json) << as_json(subject, result, context))) {
    fmt::print(stderr, "plumbline: the result could not be written to {}\n", given.json);
  }

  const bool adapter_is_wrong = result.found && !result.found->misuse.empty();
  const int status = adapter_is_wrong                             ? misuse
                     : result.what == oracle::judgement::violates ? violates
                     : result.what == oracle::judgement::conforms ? conforms
                                                                  : unknown;
  if (result.threads_are_stuck || (context.smaller && context.smaller->threads_are_stuck)) {
    std::fflush(nullptr);
    tell_supervisor_the_end();
    std::_Exit(status);  // threads that hang inside the channel cannot be joined
  }
  return status;
}

}  // namespace

void add_stress_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("stress", "Put a channel under the oracle: many small client programs");
  const auto options = std::make_shared<stress_options>();
  options->add_to(*command);
  command->callback([options, &status] { status = supervised([&] { return stress(*options); }); });
}

}  // namespace plumbline::cli

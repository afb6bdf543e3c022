#include "cli/stress_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <memory_resource>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "cli/exit_codes.hpp"
#include "cli/misuse_error.hpp"
#include "cli/output_file.hpp"
#include "cli/stress_options.hpp"
#include "cli/stress_report.hpp"
#include "cli/supervised.hpp"
#include "cli/terminal_line.hpp"
#include "plumbline/oracle/black_box.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/shrinking.hpp"

namespace plumbline::cli {
namespace {

// What the campaign leaves to the process that watches it, in memory that they share.
struct estate {
  explicit estate(unsigned jobs) : box(jobs, oracle::shared_memory()) {}

  oracle::black_box box;
  // The report of a finding, while a smaller program is looked for. What is longer is cut off.
  std::array<char, std::size_t{1} << 20U> report{};
  std::atomic<std::size_t> length{0};

  void leave(const std::string& text) { length.store(text.copy(report.data(), report.size())); }
};

// Why the text could not be written; empty if it was.
std::string not_written(const char* flag, const std::string& file, const std::string& text) {
  try {
    write_file(flag, file, text);
    return "";
  } catch (const misuse_error& error) {
    return error.what();
  }
}

void complain(const std::string& error) {
  if (!error.empty()) {
    fmt::print(stderr, "plumbline: {}\n", error);
  }
}

// What of a campaign goes to its user: the report, and the files.
class results {
 public:
  results(const stress_options& given, const oracle::channel_type& type, oracle::campaign_options options)
      : given_(given),
        type_(type),
        options_(std::move(options)),
        subject_{type_, options_, replay_command(given, type, options_.seed)} {}

  // Keeps what was found, or a smaller program for it.
  void keep(const oracle::finding& found, const std::optional<oracle::shrunk>& smaller = {}) {
    oracle::campaign_options shown = options_;
    shown.only_program = found.program;
    if (!smaller) {
      context_.requests = oracle::requests_of(oracle::campaign(type_, shown).program_number(found.program));
    } else {
      shown.without = smaller->left_out;
      shown.burst = smaller->burst;
      shown.carried = smaller->plain ? oracle::payload::plain : shown.carried;
    }
    context_.smaller = smaller;
    context_.program = to_string(oracle::campaign(type_, shown).program_number(found.program));
    std::ostringstream history;
    oracle::write_jsonl(history, smaller ? smaller->smallest.recorded : found.recorded);
    const std::string file = given_.save.empty()
                                 ? fmt::format("plumbline-{}-{}-{}.jsonl", type_.name, options_.seed, found.program)
                                 : given_.save;
    no_history_ = not_written("--save", file, history.str());
    context_.saved_as = no_history_.empty() ? file : "";
  }

  std::string report(const oracle::campaign_result& result) const { return cli::report(subject_, result, context_); }

  // Returns why that cannot be done; empty if it can.
  std::string write_json(const oracle::campaign_result& result) const {
    return not_written("--json", given_.json, as_json(subject_, result, context_));
  }

  // The report, the result, and the exit code: all is well only if the result is not lost.
  int finish(const oracle::campaign_result& result) const {
    fmt::print("{}", report(result));
    std::fflush(stdout);
    complain(no_history_);
    const std::string no_result = write_json(result);
    complain(no_result);
    const bool adapter_is_wrong = result.found && !result.found->misuse.empty();
    const exit_code status = adapter_is_wrong ? misuse : code_of(result.what);
    return status == conforms && !no_result.empty() ? misuse : status;
  }

 private:
  const stress_options& given_;
  const oracle::channel_type& type_;
  const oracle::campaign_options options_;
  const stress_subject subject_;
  finding_context context_;
  std::string no_history_;  // why
};

oracle::shrunk smaller_than(const oracle::finding& found, const stress_options& given, const oracle::channel_type& type,
                            const oracle::campaign_options& options, const terminal_line& progress) {
  constexpr std::uint64_t tries = 500;
  constexpr std::chrono::seconds most_time{30};
  const auto start = std::chrono::steady_clock::now();
  return oracle::shrink_program(type, options, found, tries, given.shrink, [&] {
    const auto passed = std::chrono::steady_clock::now() - start;
    progress.show(fmt::format("found something; looking for a smaller program that fails alike, {:.0f} s",
                              std::chrono::duration<double>(passed).count()));
    return passed < most_time && !was_interrupted();
  });
}

int stress(const stress_options& given, estate& left) {
  const oracle::channel_type type = chosen_channel(given);
  oracle::campaign_options options = campaign_for(given, type);
  options.seen_by = &left.box;
  only_note_interrupts();
  require_writable("--json", given.json);
  require_writable("--save", given.save);
  oracle::note_deaths();

  results all(given, type, options);
  const terminal_line progress;
  const oracle::campaign_result result = oracle::campaign(type, options).run([&](const oracle::tally& done) {
    progress.show(progress_line(done));
    return !was_interrupted();
  });

  bool threads_are_stuck = result.threads_are_stuck;
  if (result.found) {
    all.keep(*result.found);
    if (given.shrink > 0 && result.found->misuse.empty() && result.what == oracle::judgement::violates) {
      // The channel may crash in the attempts.
      all.write_json(result);
      left.leave(all.report(result));
      const oracle::shrunk smaller = smaller_than(*result.found, given, type, options, progress);
      threads_are_stuck = threads_are_stuck || smaller.threads_are_stuck;
      all.keep(*result.found, smaller);
    }
  }
  progress.clear();
  const int status = all.finish(result);
  if (threads_are_stuck) {
    std::fflush(nullptr);
    tell_supervisor_the_end();
    std::_Exit(status);  // threads that hang inside the channel cannot be joined
  }
  return status;
}

// The process of the campaign is gone.
int post_mortem(const stress_options& given, const estate& left, const sudden_end& end) {
  terminal_line().clear();
  if (!left.box.started.load()) {
    fmt::print(stderr, "plumbline: the plug-in was being loaded when {}\n", end.how);
    return end.from_outside ? unknown : misuse;
  }
  if (const std::size_t length = left.length.load(); length > 0) {
    fmt::print("{}\nThat is the program as it was found: while a smaller one was looked for, {}.\n",
               std::string_view(left.report.data(), length), end.how);
    return violates;
  }
  const oracle::channel_type type = chosen_channel(given);
  const oracle::campaign_options options = campaign_for(given, type);
  const bool called_exit = left.box.last().running.died.load() == oracle::running_program::death::exit;
  const oracle::campaign_result result =
      oracle::campaign(type, options)
          .after_its_end(left.box, called_exit ? "it called exit" : end.how, !end.from_outside);
  results all(given, type, options);
  all.keep(*result.found);
  return all.finish(result);
}

}  // namespace

void add_stress_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("stress", "Put a channel under the oracle: many small client programs");
  const auto options = std::make_shared<stress_options>();
  options->add_to(*command);
  command->callback([options, &status] {
    settle_seed(*options);
    empty_file(options->json);
    estate& left = *std::pmr::polymorphic_allocator<>(oracle::shared_memory())
                        .new_object<estate>(std::clamp(options->jobs, 1U, oracle::campaign::most_jobs));
    status = supervised([&] { return stress(*options, left); },
                        [&](const sudden_end& end) { return post_mortem(*options, left, end); });
  });
}

}  // namespace plumbline::cli

// plumbline_relacy: explores the interleavings of small client programs over the real core, and judges each of them.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios.hpp"
#include "world.hpp"

namespace {

using nlohmann::json;
using plumbline::stress::exploration;
using plumbline::stress::explore;
using plumbline::stress::make_run;
using plumbline::stress::scenario;
using plumbline::stress::scenarios;
using plumbline::stress::search;

enum exit_code : int { conforms = 0, violates = 1, misuse = 3 };

struct options {
  std::string scenario_name;
  std::string search_text;
  std::string json_file;
  std::string recorded_file;
  std::string histories_file;
  std::ofstream histories;
  std::uint64_t replayed = 0;
  double seconds = std::numeric_limits<double>::max();
  bool list = false;
  bool quick = false;
  bool record = false;
  bool must_fail = false;

  std::ostream* histories_to() { return histories.is_open() ? &histories : nullptr; }
};

struct row {
  const scenario* program;
  search how;
  exploration done;
  std::uint64_t histories;
};

int complain(const std::string& what) {
  std::fprintf(stderr, "plumbline_relacy: %s\n", what.c_str());
  return misuse;
}

bool progress_is_seen() {
  static const bool seen = isatty(STDERR_FILENO) != 0;
  return seen;
}

row explore_one(const scenario& program, search how, std::ostream* histories, std::uint64_t traced = 0,
                std::chrono::duration<double> time = std::chrono::duration<double>::max()) {
  if (progress_is_seen()) {
    std::fprintf(stderr, "\r\033[K%s %s …", std::string(program.name).c_str(), to_string(how).c_str());
  }
  const auto run = make_run(program, histories);
  exploration done = explore(*run, how, traced, time);
  if (progress_is_seen()) {
    std::fputs("\r\033[K", stderr);
  }
  return {&program, how, std::move(done), run->histories()};
}

void print_program(const scenario& program) {
  std::printf("%.*s: %.*s\n  capacity   %s\n  receiver   %.*s\n", static_cast<int>(program.name.size()),
              program.name.data(), static_cast<int>(program.about.size()), program.about.data(),
              program.capacity ? std::to_string(*program.capacity).c_str() : "unbounded",
              static_cast<int>(program.receiver.size()), program.receiver.data());
  for (const std::string_view words : program.senders) {
    std::printf("  sender     %.*s\n", static_cast<int>(words.size()), words.data());
  }
}

// The failing execution again, event by event. Returns the trace.
std::string explain(const char* argv0, const row& failed) {
  const std::string name(failed.program->name);
  const row again = explore_one(*failed.program, failed.how, nullptr, failed.done.executions);
  std::printf("\n");
  print_program(*failed.program);
  std::printf("\nexecution %llu of %s: %s\n", static_cast<unsigned long long>(failed.done.executions),
              to_string(failed.how).c_str(), failed.done.failed->verdict.c_str());
  std::printf("again: %s --scenario %s --search %s --replay %llu\n\n", argv0, name.c_str(),
              to_string(failed.how).c_str(), static_cast<unsigned long long>(failed.done.executions));
  const std::string trace = again.done.failed ? again.done.failed->trace : "the second time it did not fail\n";
  std::fputs(trace.c_str(), stdout);
  return trace;
}

std::vector<search> plan_for(const scenario& program, const options& chosen) {
  if (!chosen.search_text.empty()) {
    return {*plumbline::stress::parse_search(chosen.search_text)};
  }
  const auto quick = plumbline::stress::quick_searches();
  std::vector<search> plan(quick.begin(), quick.end());
  if (!chosen.quick) {
    plan.insert(plan.end(), program.deeper.begin(), program.deeper.end());
  }
  return plan;
}

// The table has a row a scenario and a column a kind of search, with the executions in it.
constexpr std::array<const char*, 8> columns = {"bound:0", "bound:1", "bound:2", "bound:3",
                                                "bound:4", "bound:5", "full",    "random"};

void print_header() {
  std::printf("%-24s", "scenario");
  for (const char* const column : columns) {
    std::printf(" %8s", column);
  }
  std::printf(" %9s %7s  verdict\n", "histories", "seconds");
}

void print_row(const scenario& program, std::span<const row> searches, const char* verdict) {
  std::array<std::uint64_t, columns.size()> executions{};
  std::uint64_t histories = 0;
  double seconds = 0;
  for (const row& r : searches) {
    std::string name = to_string(r.how);
    if (r.how.how == search::kind::random) {
      name = "random";
    }
    const auto column = std::ranges::find(columns, name);
    if (column != columns.end()) {
      executions[static_cast<std::size_t>(column - columns.begin())] += r.done.executions;
    }
    histories = std::max(histories, r.histories);
    seconds += r.done.seconds;
  }
  std::printf("%-24s", std::string(program.name).c_str());
  for (const std::uint64_t count : executions) {
    std::printf(" %8s", count == 0 ? "-" : std::to_string(count).c_str());
  }
  std::printf(" %9llu %7.2f  %s\n", static_cast<unsigned long long>(histories), seconds, verdict);
  std::fflush(stdout);
}

// Bounded and full searches are the same each time, so they must do exactly what they did when it was recorded; a
// random one at least as many executions (what it finds in them depends on the numbers drawn).
std::optional<std::string> differs(const json& recorded, const row& r) {
  const json* entry = nullptr;
  if (const auto program = recorded.find(std::string(r.program->name)); program != recorded.end()) {
    if (const auto found = program->find(to_string(r.how)); found != program->end()) {
      entry = &*found;
    }
  }
  if (entry == nullptr) {
    return "did " + std::to_string(r.done.executions) + " executions, of which nothing is recorded";
  }
  const auto executions = entry->at("executions").get<std::uint64_t>();
  const auto histories = entry->at("histories").get<std::uint64_t>();
  const bool as_recorded = r.how.how == search::kind::random
                               ? r.done.executions >= executions
                               : r.done.executions == executions && r.histories == histories;
  if (as_recorded) {
    return std::nullopt;
  }
  return "did " + std::to_string(r.done.executions) + " executions, " + std::to_string(r.histories) +
         " histories; recorded: " + std::to_string(executions) + ", " + std::to_string(histories);
}

std::optional<json> read_json(const std::string& file) {
  std::ifstream in(file);
  json read = json::parse(in, nullptr, false);
  return in.is_open() && read.is_object() ? std::optional(std::move(read)) : std::nullopt;
}

bool write_json(const std::string& file, const json& what) {
  std::ofstream out(file);
  out << what.dump(1) << '\n';
  return static_cast<bool>(out.flush());
}

// What is recorded and was not run, though everything was to be run.
std::vector<std::string> missing(const json& recorded, const std::vector<row>& rows) {
  std::vector<std::string> names;
  for (const auto& [name, searches] : recorded.items()) {
    for (const auto& [how, unused] : searches.items()) {
      const bool ran = std::any_of(rows.begin(), rows.end(), [&name, &how](const row& r) {
        return r.program->name == name && to_string(r.how) == how;
      });
      if (!ran) {
        names.push_back(name + " " + how);
      }
    }
  }
  return names;
}

int explore_all(const char* argv0, options& chosen) {
  json recorded = json::object();
  if (!chosen.recorded_file.empty() && !chosen.record) {
    auto read = read_json(chosen.recorded_file);
    if (!read) {
      return complain(chosen.recorded_file + ": cannot be read, or is no JSON object; --record writes it");
    }
    recorded = std::move(*read);
  }
  std::vector<row> rows;
  std::size_t programs = 0;
  bool good = true;
  print_header();
  for (const scenario& program : scenarios()) {
    if (!chosen.scenario_name.empty() && program.name != chosen.scenario_name) {
      continue;
    }
    const std::size_t first = rows.size();
    std::vector<std::string> findings;
    for (const search how : plan_for(program, chosen)) {
      const row& r = rows.emplace_back(explore_one(program, how, chosen.histories_to()));
      if (r.done.failed) {
        findings.push_back(to_string(how) + ": " + r.done.failed->verdict);
        break;
      }
      if (chosen.record) {
        recorded[std::string(program.name)][to_string(how)] = {{"executions", r.done.executions},
                                                               {"histories", r.histories}};
      } else if (!chosen.recorded_file.empty()) {
        if (const auto difference = differs(recorded, r)) {
          findings.push_back(to_string(how) + ": " + *difference);
        }
      }
    }
    ++programs;
    good = good && findings.empty();
    print_row(program, std::span(rows).subspan(first), findings.empty() ? "pass" : "FAIL");
    for (const std::string& finding : findings) {
      std::printf("  FAIL %s\n", finding.c_str());
    }
    if (rows.back().done.failed) {
      explain(argv0, rows.back());
    }
  }
  const bool everything = chosen.scenario_name.empty() && chosen.search_text.empty() && !chosen.quick;
  if (everything && good) {
    for (const std::string& name : missing(recorded, rows)) {
      std::printf("FAIL: recorded, but not run: %s\n", name.c_str());
      good = false;
    }
  }
  if (chosen.record && good && !write_json(chosen.recorded_file, recorded)) {
    return complain(chosen.recorded_file + ": cannot be written");
  }
  std::uint64_t executions = 0;
  double seconds = 0;
  for (const row& r : rows) {
    executions += r.done.executions;
    seconds += r.done.seconds;
  }
  std::printf("\n%zu scenarios, %llu executions, %.1f s: %s\n", programs, static_cast<unsigned long long>(executions),
              seconds, good ? "pass" : "FAIL");
  if (!chosen.json_file.empty() && !write_json(chosen.json_file, {{"scenarios", programs},
                                                                  {"executions", executions},
                                                                  {"seconds", seconds},
                                                                  {"verdict", good ? "pass" : "fail"}})) {
    return complain(chosen.json_file + ": cannot be written");
  }
  return good ? conforms : violates;
}

// For a broken core: explores, from the cheap searches to the costly ones, until something fails.
int explore_until_failure(const char* argv0, options& chosen) {
  double seconds = 0;
  std::uint64_t executions = 0;
  json summary = {{"verdict", nullptr}, {"in_time", true}};
  const auto write_summary = [&] {
    summary["seconds"] = seconds;
    summary["executions"] = executions;
    return chosen.json_file.empty() || write_json(chosen.json_file, summary);
  };
  const auto quick = plumbline::stress::quick_searches();
  const std::vector<search> searches =
      chosen.search_text.empty() ? std::vector<search>(quick.begin(), quick.end()) : plan_for({}, chosen);
  for (const search how : searches) {
    for (const scenario& program : scenarios()) {
      if (!chosen.scenario_name.empty() && program.name != chosen.scenario_name) {
        continue;
      }
      const row r =
          explore_one(program, how, chosen.histories_to(), 0, std::chrono::duration<double>(chosen.seconds - seconds));
      seconds += r.done.seconds;
      executions += r.done.executions;
      if (!r.done.in_time) {
        summary["in_time"] = false;
      }
      if (!r.done.failed) {
        continue;
      }
      const std::string trace = explain(argv0, r);
      const std::string source(plumbline::stress::source_of_the_channel());
      const bool names_source = trace.find(source) != std::string::npos;
      std::printf("\nmust fail, and does%s\n",
                  names_source ? "" : ("; but the trace names no line of " + source + " FAIL").c_str());
      summary.update({{"scenario", program.name},
                      {"search", to_string(how)},
                      {"execution", r.done.executions},
                      {"verdict", r.done.failed->verdict}});
      if (!write_summary()) {
        return complain(chosen.json_file + ": cannot be written");
      }
      return names_source ? conforms : violates;
    }
  }
  if (!write_summary()) {
    return complain(chosen.json_file + ": cannot be written");
  }
  std::printf("FAIL: this core is broken, and no search noticed\n");
  return violates;
}

int replay(const char* argv0, options& chosen) {
  const scenario& program = *plumbline::stress::find_scenario(chosen.scenario_name);
  const search how = *plumbline::stress::parse_search(chosen.search_text);
  row r = explore_one(program, how, chosen.histories_to(), chosen.replayed);
  if (!r.done.failed) {
    std::printf("execution %llu of %s does not fail (any more)\n", static_cast<unsigned long long>(chosen.replayed),
                chosen.search_text.c_str());
    return conforms;
  }
  explain(argv0, r);
  return violates;
}

}  // namespace

int main(int argc, char** argv) {
  options chosen;
  CLI::App app("Explores the interleavings of small client programs over the real core, and judges each of them.");
  app.add_flag("--list", chosen.list, "show the scenarios");
  app.add_option("--scenario", chosen.scenario_name, "only this one");
  app.add_option("--search", chosen.search_text, "only this search: bound:N, random:N or full");
  app.add_flag("--quick", chosen.quick, "bounds 0 to 3 and a short random search only");
  app.add_flag("--must-fail", chosen.must_fail, "for a broken core: exit with 0 if something fails, 1 if nothing does");
  app.add_option("--seconds", chosen.seconds, "with --must-fail: give up after so long")
      ->check(CLI::PositiveNumber)
      ->needs("--must-fail");
  app.add_option("--replay", chosen.replayed, "show execution number N of --scenario under --search")
      ->needs("--scenario")
      ->needs("--search");
  app.add_option("--recorded", chosen.recorded_file, "fail if a search did not do what FILE says it does");
  app.add_flag("--record", chosen.record, "write the file of --recorded instead")->needs("--recorded");
  app.add_option("--histories", chosen.histories_file, "write each history that differs to FILE, for spec/judge");
  app.add_option("--json", chosen.json_file, "write a summary to FILE");
  app.footer("Exit codes: 0 every execution is right; 1 one is not, or a search did less than recorded; 3 misuse.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + "; see --help");
  }
  if (chosen.list) {
    for (const scenario& program : scenarios()) {
      print_program(program);
    }
    return conforms;
  }
  if (!chosen.scenario_name.empty() && plumbline::stress::find_scenario(chosen.scenario_name) == nullptr) {
    return complain("no scenario is named '" + chosen.scenario_name + "'; see --list");
  }
  if (!chosen.search_text.empty() && !plumbline::stress::parse_search(chosen.search_text)) {
    return complain("'" + chosen.search_text + "' is no search; it is bound:N, random:N (1 or more) or full");
  }
  if (!chosen.histories_file.empty()) {
    chosen.histories.open(chosen.histories_file);
    if (!chosen.histories) {
      return complain(chosen.histories_file + ": cannot be written");
    }
  }
  return chosen.replayed != 0 ? replay(argv[0], chosen)
         : chosen.must_fail   ? explore_until_failure(argv[0], chosen)
                              : explore_all(argv[0], chosen);
}

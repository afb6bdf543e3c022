// Histories for the bench side by side (ci/bench): writes one of them in the format that another checker reads, or
// checks it with one of Plumbline's, and prints what was said and how long it took as a line of JSON.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/exchange.hpp"
#include "bench/simulation.hpp"
#include "bench/thread_logs.hpp"
#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/operation_list.hpp"

namespace plumbline::bench {
namespace {

using oracle::history;
using oracle::operation;
using oracle::verdict;

struct options {
  shape channel;
  std::uint64_t operations = 1'000'000;
  std::uint64_t seed = 1;
  bool exchange = false;
  std::string check;
  std::string write;
  std::string file;
};

class no_such_history : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Runs the simulation, with the exchange if it is asked for.
template <class Told>
void simulate(const options& given, Told& told) {
  if (!given.exchange) {
    simulation(given.channel, given.operations, given.seed, told).run();
    return;
  }
  exchanging changed(told, near_the_end(given.operations));
  simulation(given.channel, given.operations, given.seed, changed).run();
  if (!changed.exchanged()) {
    throw no_such_history("no two values could be exchanged: take more operations, or another seed");
  }
}

history whole(const options& given) {
  listing told(given.channel, given.operations);
  simulate(given, told);
  return told.take();
}

// Collects while the history happens, and keeps nothing: what a checker beside a running channel does.
class collector {
 public:
  explicit collector(const options& given)
      : watched_({.capacity = oracle::bound::unbounded}, given.channel.capacity, given.channel.senders),
        merged_(watched_, given.channel.senders + 1),
        threads_(given.channel.senders + 1),
        expected_(given.operations) {}

  void begin(const operation& o) {
    merged_.begin(o);
    come_by(o.begin);
  }
  void end(const operation& o) {
    merged_.end(o);
    ++operations_;
    come_by(o.end);
  }
  verdict finish() {
    merged_.finish();
    if (is_terminal_) {
      fmt::print(stderr, "\r\033[K");
    }
    return watched_.finish(false);
  }
  std::uint64_t operations() const { return operations_; }

 private:
  void come_by(std::uint64_t now) {
    if (now % 1'000 != 0) {
      return;
    }
    for (std::uint32_t t = 0; t < threads_; ++t) {
      merged_.quiet_until(t, now);
    }
    merged_.advance();
    if (is_terminal_ && now % 20'000'000 == 0) {
      fmt::print(stderr, "\r\033[K{} of {} million operations", operations_ / 1'000'000, expected_ / 1'000'000);
    }
  }

  oracle::stream watched_;
  oracle::merge merged_;
  std::uint32_t threads_;
  std::uint64_t expected_;
  std::uint64_t operations_ = 0;
  bool is_terminal_ = isatty(STDERR_FILENO) != 0;
};

// The simulation alone: what of a live run is not the checker's.
struct nobody {
  std::uint64_t operations = 0;
  void begin(const operation&) {}
  void end(const operation&) { ++operations; }
};

struct measured {
  verdict said;
  std::uint64_t operations;
  double seconds;
  double cpu_seconds;
};

// What this process had of a processor: what others do on the machine does not count.
double cpu_seconds() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// How long that took, and nothing else.
template <class Work>
measured timed(std::uint64_t operations, Work work) {
  const double cpu_before = cpu_seconds();
  const auto started = std::chrono::steady_clock::now();
  verdict said = work();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  return {.said = std::move(said),
          .operations = operations,
          .seconds = taken.count(),
          .cpu_seconds = cpu_seconds() - cpu_before};
}

measured in_memory(const options& given) {
  const history h = whole(given);
  return timed(h.operations.size(), [&] { return oracle::check(h); });
}

measured merged(const options& given) {
  const history h = whole(given);
  const thread_logs logs = logs_of(h);
  return timed(h.operations.size(), [&] { return check_merged(h, logs); });
}

measured search(const options& given) {
  const history h = whole(given);
  // Its time and its memory are limited from outside.
  const oracle::search_budget all = {.operations = oracle::search_budget::most_operations, .states = 1'000'000'000};
  return timed(h.operations.size(), [&] {
    verdict said;
    said.what = linearize(h, oracle::rule_set::all(), all);
    return said;
  });
}

measured live(const options& given) {
  collector told(given);
  measured m = timed(0, [&] {
    simulate(given, told);
    return told.finish();
  });
  m.operations = told.operations();
  return m;
}

measured not_at_all(const options& given) {
  nobody told;
  measured m = timed(0, [&] {
    simulate(given, told);
    return verdict{};
  });
  m.operations = told.operations;
  return m;
}

const std::map<std::string, measured (*)(const options&)> checks = {
    {"in-memory", in_memory}, {"merged", merged}, {"search", search}, {"live", live}, {"none", not_at_all}};

// The most memory that this program had. Not getrusage's, which begins with that of whoever started it.
double most_resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (double kilobytes = 0; word == "VmHWM:" && status >> kilobytes) {
      return kilobytes / 1024;
    }
  }
  return 0;
}

int check(const options& given) {
  const measured m = checks.at(given.check)(given);
  fmt::print(
      R"({{"checker":"{}","verdict":"{}","rule":"{}","operations":{},"seconds":{:.7f},"cpu_seconds":{:.7f},"resident_mb":{:.1f}}})"
      "\n",
      given.check, to_string(m.said.what), m.said.broken ? to_string(*m.said.broken) : "", m.operations, m.seconds,
      m.cpu_seconds, most_resident_mb());
  return static_cast<int>(m.said.what);
}

int write(const options& given) {
  const history h = whole(given);
  std::ofstream out(given.file, std::ios::binary);
  if (given.write == "jsonl") {
    oracle::write_jsonl(out, h);
  } else if (const auto written = given.write == "polylin" ? write_polylin(out, h) : write_porcupine(out, h);
             !written) {
    throw no_such_history(written.error());
  }
  if (!out.flush()) {
    throw no_such_history(given.file + ": cannot be written");
  }
  return 0;
}

int run(int argc, char** argv) {
  options given;
  given.channel.plain = true;
  CLI::App app(
      "Simulates a history of sends and receives on an unbounded channel, all of which succeed, and writes or checks "
      "it.");
  app.add_option("--senders", given.channel.senders, "How many threads send (8)")->check(CLI::Range(1, 1'000));
  app.add_option("--operations", given.operations, "How many, about (1000000)")
      ->check(CLI::Range(std::uint64_t{2}, std::uint64_t{1} << 60));
  app.add_option("--seed", given.seed, "The same history for the same seed (1)");
  app.add_flag("--exchange", given.exchange,
               "Two values are exchanged where they are received, near the end: their sends did not overlap");
  std::map<std::string, int> names;
  for (const auto& [name, run] : checks) {
    names.emplace(name, 0);
  }
  CLI::Option* const check_option =
      app.add_option("--check", given.check,
                     "in-memory: check(); merged: merge and stream, of the threads' logs; search: brute force; live: "
                     "merge and stream of what is simulated at the same time, and not kept; none: only simulate")
          ->check(CLI::IsMember(names).description(""));
  app.add_option("--write", given.write, "Write it as jsonl, polylin or porcupine")
      ->check(CLI::IsMember({"jsonl", "polylin", "porcupine"}).description(""))
      ->excludes(check_option);
  app.add_option("FILE", given.file, "Where to write it");
  app.footer("Exit codes: 0 conforms, or written; 1 violates; 2 unknown; 3 misuse.");
  try {
    app.parse(argc, argv);
    if (given.check.empty() && (given.write.empty() || given.file.empty())) {
      throw CLI::ValidationError("--check, or --write and a FILE", "what is to be done?");
    }
    return given.check.empty() ? write(given) : check(given);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const std::exception& error) {
    fmt::print(stderr, "plumbline_simulate: {}\n", error.what());
    return 3;
  }
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) { return plumbline::bench::run(argc, argv); }

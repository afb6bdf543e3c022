// Replays the walks of settled graphs (docs/spec-and-code.md).
//   <program> GRAPH.json …              all walks, and every edge has to be covered
//   <program> GRAPH.json --walk NUMBER  one walk
// Exit codes: 0 what happens is what the specification allows; 1 it is not; 3 misuse.

#include <sched.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "counts.hpp"
#include "replay.hpp"
#include "settled_graph.hpp"
#include "subject.hpp"

namespace plumbline::test {
namespace {

// The subject may have threads that sleep for ever; so a failure ends the program at once.
[[noreturn]] void fail(const std::string& report) {
  std::fflush(nullptr);
  std::fputs(report.c_str(), stderr);
  std::_Exit(1);
}

struct counts {
  std::uint64_t edges = 0, walks = 0, schedules = 0;
};

void replay_walks(const std::string& path, std::optional<std::size_t> only, counts& done) {
  const settled_graph graph = read_settled_graph(path);
  if (only && *only >= graph.walks.size()) {
    throw std::runtime_error("--walk " + std::to_string(*only) + ": " + path + " has walks 0 to " +
                             std::to_string(graph.walks.size() - 1));
  }
  const std::unique_ptr<subject> walked = make_subject(graph);
  replay replaying(graph, *walked);
  for (std::size_t walk = only.value_or(0); walk < (only ? *only + 1 : graph.walks.size()); ++walk) {
    if (const std::string report = replaying.walk(walk); !report.empty()) {
      fail(report);
    }
  }
  if (const std::string report = only ? "" : replaying.uncovered(); !report.empty()) {
    fail(report);
  }
  done.edges += graph.edges.size();
  done.walks += graph.walks.size();
  done.schedules += replaying.schedules();
  std::printf("%s: %s\n", graph.name.c_str(), replaying.done().c_str());
  std::fflush(stdout);
}

}  // namespace
}  // namespace plumbline::test

int main(int argc, char** argv) {
  // One thread runs at a time, and hands over to the next: on one processor that is up to ten times faster.
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &here);
  sched_setaffinity(0, sizeof here, &here);

  CLI::App app{"Replays the walks of settled graphs"};
  std::vector<std::string> graphs;
  std::optional<std::size_t> walk;
  app.add_option("graph", graphs, "files that spec/settled/generate has written")->required();
  app.add_option("--walk", walk, "replay only this walk");
  try {
    app.parse(argc, argv);
    plumbline::test::counts done;
    for (const std::string& graph : graphs) {
      plumbline::test::replay_walks(graph, walk, done);
    }
    if (!walk) {
      const std::string name = std::filesystem::path(argv[0]).filename();
      plumbline::test::report_counts(name,
                                     {{"edges", done.edges}, {"walks", done.walks}, {"schedules", done.schedules}});
    }
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}

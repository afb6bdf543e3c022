#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/misuse_error.hpp"
#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/harness.hpp"

namespace CLI {
class App;
}

namespace plumbline::cli {

// The flags of `plumbline stress`, as they were given.
struct stress_options {
  std::string channel;
  std::string plugin;
  std::optional<double> seconds;
  std::optional<std::uint64_t> programs;
  std::optional<std::uint64_t> operations;
  std::string shard;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> program;
  std::vector<std::size_t> without;
  std::optional<std::uint32_t> burst;
  std::uint64_t shrink = 20'000;
  std::string capacity;
  std::optional<std::uint32_t> senders;
  std::string payload;
  std::string contract;
  unsigned jobs = 1;
  std::optional<double> hang_after;
  bool unscheduled = false;
  std::string json;
  std::string save;

  void add_to(CLI::App& command);
};

// The channel that is meant. Throws misuse_error.
oracle::channel_type chosen_channel(const stress_options&);

// The one with that name; if there is only one, it need not be named. Throws misuse_error, which says what there is.
oracle::channel_type one_of(std::vector<oracle::channel_type>, const std::string& name);

// Draws a seed if none was given: once, for all that the flags are read for. Throws misuse_error.
void settle_seed(stress_options&);

// What the flags ask of the harness; there is a seed among them. Throws misuse_error.
oracle::campaign_options campaign_for(const stress_options&, const oracle::channel_type&);

// The command line that draws the same programs from the same seed; with " --program I" it runs one of them again, and
// with " --without 2,5" less of it.
std::string replay_command(const stress_options&, const oracle::channel_type&, std::uint64_t seed);

}  // namespace plumbline::cli

#include "cli/stress_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/channels_command.hpp"
#include "plumbline/oracle/jsonl.hpp"

namespace plumbline::cli {
namespace {

using oracle::channel_type;

// More buffered values than any run of small programs could tell from no bound.
constexpr std::size_t most_capacity = std::size_t{1} << 30U;
constexpr double most_seconds = 366.0 * 24 * 60 * 60;
constexpr double most_hang_seconds = 24.0 * 60 * 60;

oracle::capacity capacity_of(const std::string& word) {
  if (word == "unbounded") {
    return std::nullopt;
  }
  std::size_t places = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, places);
  if (error != std::errc() || rest != end || places > most_capacity) {
    throw misuse_error(fmt::format("--capacity {}: it is \"unbounded\" or a number from 0 to {}", word, most_capacity));
  }
  return places;
}

// "2/5": from 1 to the user, from 0 to the campaign.
std::pair<std::uint64_t, std::uint64_t> shard_of(const std::string& word) {
  std::uint64_t which = 0;
  std::uint64_t all = 0;
  const char* const end = word.data() + word.size();
  const auto first = std::from_chars(word.data(), end, which);
  const bool has_slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = has_slash ? std::from_chars(first.ptr + 1, end, all) : first;
  if (!has_slash || second.ec != std::errc() || second.ptr != end || which < 1 || which > all) {
    throw misuse_error(fmt::format("--shard {}: it is I/N, two numbers with 1 <= I <= N", word));
  }
  return {which - 1, all};
}

std::chrono::milliseconds hang_limit(const stress_options& given) {
  if (!given.hang_after) {
    return oracle::campaign_options{}.hangs_after;
  }
  const double seconds = *given.hang_after;
  if (!(seconds >= 0.1) || seconds > most_hang_seconds) {
    throw misuse_error(fmt::format("--hang-after {}: it is a number from 0.1 to {}", seconds, most_hang_seconds));
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

// As a shell reads it: quoted if it has to be.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_./=,:+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) {
    return word;
  }
  std::string text = "'";
  for (const char c : word) {
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return text + "'";
}

}  // namespace

void stress_options::add_to(CLI::App& command) {
  // Checked as text, for CLI11 takes the nearest number that fits, -1 for a large one, and 010 for 8.
  const CLI::Validator whole(
      [](std::string& word) {
        std::uint64_t number = 0;
        const char* const end = word.data() + word.size();
        const auto [rest, error] = std::from_chars(word.data(), end, number);
        if (error != std::errc() || rest != end) {
          return fmt::format("{} is not a whole number from 0 to {}", word, std::numeric_limits<std::uint64_t>::max());
        }
        word = std::to_string(number);
        return std::string();
      },
      "");
  command.add_option("--channel", channel, "Which channel; see plumbline channels");
  command.add_option("--plugin", plugin,
                     "A shared library with channels (plumbline/plugin.h), instead of those built in");
  command.add_option("--seconds", seconds, "Stop after so long [10, unless --programs or --operations is given]");
  command.add_option("--programs", programs, "Stop after so many client programs")->transform(whole);
  command.add_option("--operations", operations, "Stop after so many operations, or a few more")->transform(whole);
  command.add_option(
      "--shard", shard,
      "I/N, like 2/5: of the programs of the seed only every N-th, from number I on; plumbline merge puts "
      "the results together");
  command.add_option("--seed", seed, "Draw the programs from this number [a random one, which is printed]")
      ->transform(whole);
  command.add_option("--program", program, "Run only program number I of the seed, again and again")->transform(whole);
  command.add_option("--without", without, "Of that program leave out these requests, like 2,5 (a shrunk program's)")
      ->delimiter(',')
      ->transform(whole);
  command
      .add_option("--burst", burst, "Of that program let no request send more than so many values (a shrunk program's)")
      ->transform(whole);
  command
      .add_option("--shrink", shrink,
                  "Make a program that fails smaller, in at most so many runs, and at most half a minute; 0: do not")
      ->transform(whole)
      ->capture_default_str();
  command.add_option("--capacity", capacity, "Only channels of this capacity: unbounded, or a number [the small ones]");
  command.add_option("--senders", senders, "Only programs that start with so many senders [1 to 4]")->transform(whole);
  command.add_option("--payload", payload,
                     "Only programs that carry this: plain, slow, reentrant, large, aligned, throwing or bare");
  command.add_option("--contract", contract,
                     "Hold the channel to these words instead of its own, like order=linearizable,empty=honest");
  command.add_option("--jobs", jobs, "Programs that run at the same time, each on threads of its own")
      ->transform(whole)
      ->capture_default_str();
  command.add_option(
      "--hang-after", hang_after,
      "Call it a hang if nothing has moved for so many seconds, and 30 times that while a plug-in loads [2]");
  command.add_flag("--unscheduled", unscheduled, "Pin no thread to a processor, and lower the priority of none");
  command.add_option("--json", json, "Write the result to this file");
  command.add_option("--save", save, "Where a history that breaks the contract goes [plumbline-<channel>-….jsonl]");
}

channel_type one_of(std::vector<channel_type> types, const std::string& name) {
  if (name.empty() && types.size() == 1) {
    return types.front();
  }
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const channel_type& type) { return type.name == name; });
  if (found != types.end()) {
    return *found;
  }
  std::vector<std::string> names;
  names.reserve(types.size());
  for (const channel_type& type : types) {
    names.push_back(type.name);
  }
  throw misuse_error(name.empty() ? fmt::format("which channel? Give --channel with one of: {}", fmt::join(names, ", "))
                                  : fmt::format("unknown channel {}; known are: {}", name, fmt::join(names, ", ")));
}

channel_type chosen_channel(const stress_options& given) {
  if (given.plugin.empty()) {
    return one_of(known_channels(), given.channel);
  }
  return one_of(channels_of(given.plugin, 30 * hang_limit(given)), given.channel);
}

void settle_seed(stress_options& given) {
  if (!given.shard.empty() && !given.seed) {
    throw misuse_error("--shard: the shards are those of one seed; give --seed, too");
  }
  if (!given.seed) {
    given.seed = std::random_device()();
  }
}

oracle::campaign_options campaign_for(const stress_options& given, const channel_type& type) {
  oracle::campaign_options options;
  if (auto words = oracle::amended(type.promises, given.contract)) {
    options.promised = *words;
  } else {
    throw misuse_error(fmt::format("--contract {}: {}", given.contract, words.error()));
  }
  options.seed = given.seed.value();
  options.only_program = given.program;
  options.without = given.without;
  options.burst = given.burst;
  std::ranges::sort(options.without);
  options.senders = given.senders;
  options.programs = given.programs;
  options.operations = given.operations;
  if (!given.shard.empty()) {
    std::tie(options.shard, options.shards) = shard_of(given.shard);
  }
  options.jobs = given.jobs;
  options.hangs_after = hang_limit(given);
  options.schedules = !given.unscheduled;
  if (!given.capacity.empty()) {
    options.capacity = capacity_of(given.capacity);
  }
  if (!given.payload.empty()) {
    options.carried = oracle::payload_of(given.payload);
    if (!options.carried) {
      throw misuse_error(fmt::format("--payload {}: it is one of {}", given.payload,
                                     to_string(oracle::all_payloads | oracle::payload::bare)));
    }
  }
  if (given.programs == 0U) {
    throw misuse_error("--programs 0: at least one program has to run");
  }
  if (given.operations == 0U) {
    throw misuse_error("--operations 0: at least one operation has to run");
  }
  const double seconds = given.seconds.value_or(given.programs || given.operations ? most_seconds : 10.0);
  if (!(seconds > 0) || seconds > most_seconds) {
    throw misuse_error(fmt::format("--seconds {}: it is a number greater than 0, and at most a year's", seconds));
  }
  options.time = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  if (const std::string why = oracle::campaign::unmet(type, options); !why.empty()) {
    throw misuse_error(why);
  }
  return options;
}

std::string replay_command(const stress_options& given, const channel_type& type, std::uint64_t seed) {
  std::string line = fmt::format("{} stress", quoted(program_invocation_name));
  const auto add = [&line](std::string_view flag, const std::string& value) {
    if (!value.empty()) {
      line += fmt::format(" {} {}", flag, quoted(value));
    }
  };
  add("--plugin", given.plugin);
  add("--channel", type.name);
  add("--capacity", given.capacity);
  add("--senders", given.senders ? std::to_string(*given.senders) : "");
  add("--payload", given.payload);
  add("--contract", given.contract);
  add("--hang-after", given.hang_after ? fmt::format("{}", *given.hang_after) : "");
  line += given.unscheduled ? " --unscheduled" : "";
  add("--seed", std::to_string(seed));
  return line;
}

}  // namespace plumbline::cli

#include "cli/card_command.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/card.hpp"
#include "cli/channels_command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/misuse_error.hpp"
#include "cli/output_file.hpp"
#include "cli/stress_options.hpp"
#include "cli/terminal_line.hpp"

namespace plumbline::cli {
namespace {

using nlohmann::ordered_json;

struct options {
  std::vector<std::string> words;  // of the campaign: what follows `plumbline stress`
  std::vector<std::string> channels;
  std::string seconds = "10";
  std::string seed = "1";
  std::string json;
  std::string page;
  std::vector<std::string> files;
};

// A campaign in a process of its own, for a channel may crash, or hang with threads that cannot be joined. If it has no
// result it has said why, and this is its exit code.
std::expected<ordered_json, int> campaign(std::vector<std::string> words) {
  const std::filesystem::path scratch =
      std::filesystem::temp_directory_path() / fmt::format("plumbline-card-{}", getpid());
  std::filesystem::create_directories(scratch);
  const std::string result = (scratch / "result.json").string();
  std::filesystem::remove(result);
  // Called as this process was, for that is what it says to type.
  words.insert(words.begin(),
               {program_invocation_name, "stress", "--json", result, "--save", (scratch / "history.jsonl").string()});
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1, 0);
  pid_t child = 0;
  const int error = posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw misuse_error("a process for the campaign could not be started");
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::expected<ordered_json, int> found = std::unexpected(WIFEXITED(status) ? WEXITSTATUS(status) : int{violates});
  if (std::filesystem::exists(result) && std::filesystem::file_size(result) > 0) {
    found = read_result(result);
  }
  std::filesystem::remove_all(scratch);
  return found;
}

int print_card(const options& given) {
  require_writable("--json", given.json);
  empty_file(given.json);
  const auto result = campaign(given.words);
  if (!result) {
    return result.error();
  }
  fmt::print("{}", card(*result));
  write_file("--json", given.json, result->dump(2) + "\n");
  return code_of(*result);
}

int print_cards(const options& given) {
  require_writable("--json", given.json);
  require_writable("--page", given.page);
  const std::vector<oracle::channel_type> known = known_channels();
  for (const std::string& name : given.channels) {
    one_of(known, name);  // or there is none
  }
  empty_file(given.json);
  std::vector<ordered_json> results;
  int worst = conforms;
  const terminal_line progress;
  for (const oracle::channel_type& type : known) {
    if (!given.channels.empty() && std::ranges::count(given.channels, type.name) == 0) {
      continue;
    }
    progress.show(type.name + " …");
    auto result = campaign({"--channel", type.name, "--seconds", given.seconds, "--seed", given.seed});
    if (!result && result.error() == misuse) {
      return misuse;  // it has been said, and is as wrong for the next one
    }
    if (!result) {
      // The campaign took the seed, so it is a number.
      result = no_result(type, result.error(), replay_command({}, type, std::stoull(given.seed)));
    }
    worst = std::max<int>(worst, code_of(*result));
    results.push_back(*std::move(result));
  }
  progress.clear();
  fmt::print("{}", table(results));
  write_file("--json", given.json, ordered_json(results).dump(2) + "\n");
  write_file("--page", given.page,
             markdown(results, fmt::format("plumbline cards --seconds {} --seed {} --page {}", given.seconds,
                                           given.seed, std::filesystem::path(given.page).filename().string())));
  return worst;
}

int merge_results(const options& given) {
  std::vector<ordered_json> results;
  for (const std::string& file : given.files) {
    results.push_back(read_result(file));
  }
  const ordered_json all = merged(results);
  fmt::print("{}", card(all));
  write_file("--json", given.json, all.dump(2) + "\n");
  return code_of(all);
}

}  // namespace

void add_card_commands(CLI::App& app, int& status) {
  CLI::App* const one = app.add_subcommand(
      "card",
      "What a channel was not refuted to promise, per dimension: a campaign, and its card. Takes the flags of stress");
  const auto of_one = std::make_shared<options>();
  one->prefix_command();
  one->callback([one, of_one, &status] {
    of_one->words = one->remaining();
    // The campaign's own --json goes to this process, which passes it on.
    if (const auto flag = std::ranges::find(of_one->words, "--json"); std::distance(flag, of_one->words.end()) >= 2) {
      of_one->json = *std::next(flag);
      of_one->words.erase(flag, flag + 2);
    }
    status = print_card(*of_one);
  });

  CLI::App* const all = app.add_subcommand("cards", "The cards of all channels, in one table");
  const auto of_all = std::make_shared<options>();
  all->add_option("--channel", of_all->channels, "Only these");
  all->add_option("--seconds", of_all->seconds, "So long for each")->capture_default_str();
  all->add_option("--seed", of_all->seed, "Draw the programs from this number")->capture_default_str();
  all->add_option("--json", of_all->json, "Write the results to this file");
  all->add_option("--page", of_all->page, "Write them as a page, in Markdown, to this file");
  all->callback([of_all, &status] { status = print_cards(*of_all); });

  CLI::App* const merge = app.add_subcommand("merge", "The card of several campaigns on one channel, or shards of one");
  const auto of_several = std::make_shared<options>();
  merge->add_option("FILE", of_several->files, "Results of plumbline stress --json")->required();
  merge->add_option("--json", of_several->json, "Write the result to this file");
  merge->callback([of_several, &status] { status = merge_results(*of_several); });
}

}  // namespace plumbline::cli

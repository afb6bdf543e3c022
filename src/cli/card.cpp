#include "cli/card.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <string_view>

#include "cli/misuse_error.hpp"
#include "cli/text.hpp"

namespace plumbline::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::array sums = {"programs", "operations", "received", "overlapping", "undecided"};  // over campaigns
constexpr std::array verdicts = {"conforms", "violates", "crashed", "unknown", "misuse"};
constexpr std::array dimensions = {"order", "empty", "full", "capacity", "disconnect"};

// What is said of one dimension.
struct line {
  std::string promised;
  std::string kept;     // the strongest word that was not refuted
  std::string refuted;  // what was, and by what; empty if nothing
  std::string example;  // the command that shows it
};

line line_of(const ordered_json& result, const std::string& dimension) {
  line one{.promised = result["contract"][dimension],
           .kept = result["keeps"].is_null() ? "–" : result["keeps"][dimension],
           .refuted = {},
           .example = {}};
  for (const ordered_json& promise : result["stronger"]) {
    const std::string words = promise["promise"];
    if (words.starts_with(dimension + "=") && promise["refuted"] > 0) {
      one.refuted = fmt::format("{} is refuted in {}: {}", words, counted(promise["refuted"], "program"),
                                promise["because"].get<std::string>());
      one.example = promise["replay"];
    }
  }
  return one;
}

std::string what_was_done(const ordered_json& result) {
  return fmt::format("{} of {} in {}, seed {}", counted(result["operations"], "operation"),
                     counted(result["programs"], "program"),
                     counted(result["situations"].size(), "different situation"), result["seed"].dump());
}

const std::vector<std::string> headings = {"channel",  "version",    "order",      "empty",      "full",
                                           "capacity", "disconnect", "operations", "situations", "verdict"};
constexpr std::string_view what_the_columns_say =
    "Per dimension the strongest promise that was not refuted; in brackets what the channel promises, where that is "
    "another word.";

// A channel's row, of a table or of a page.
std::vector<std::string> cells(const ordered_json& result) {
  std::vector<std::string> row = {result["channel"], result["version"]};
  for (const char* const dimension : dimensions) {
    const line one = line_of(result, dimension);
    row.push_back(one.kept == one.promised ? one.kept : fmt::format("{} ({})", one.kept, one.promised));
  }
  row.push_back(grouped(result["operations"]));
  row.push_back(std::to_string(result["situations"].size()));
  row.push_back(result["verdict"]);
  return row;
}

// From what is best to what is worst.
int badness(const ordered_json& result) {
  constexpr std::array of_code = {0, 3, 1, 2};  // a contract that was broken is worse than what could not be judged
  return of_code.at(static_cast<std::size_t>(code_of(result)));
}

// Whether some program is in both. Shard I of N has the numbers that leave I when they are divided by N.
bool overlap(const ordered_json& a, const ordered_json& b) {
  const auto number = [](const ordered_json& of, const char* key) { return of[key].get<std::int64_t>(); };
  return a["command"] == b["command"] &&
         (number(a, "shard") - number(b, "shard")) % std::gcd(number(a, "shards"), number(b, "shards")) == 0;
}

void require(bool holds, const std::string& file, std::string_view what) {
  if (!holds) {
    throw misuse_error(fmt::format("{}: is no result of plumbline stress --json ({})", file, what));
  }
}

}  // namespace

ordered_json words_of(const oracle::contract& promised) {
  return {{"order", to_string(promised.order)},
          {"empty", to_string(promised.empty)},
          {"full", to_string(promised.full)},
          {"capacity", to_string(promised.capacity)},
          {"disconnect", to_string(promised.disconnect)}};
}

ordered_json read_result(const std::string& file) {
  std::ifstream in(file);
  if (!in) {
    throw misuse_error(fmt::format("{}: cannot be opened", file));
  }
  require(in.peek() != std::ifstream::traits_type::eof(), file, "it is empty: that campaign has not come to its end");
  ordered_json result = ordered_json::parse(in, nullptr, false);
  for (const char* const key : {"channel", "seed", "campaigns", "programs", "operations", "overlapping", "undecided",
                                "situations", "verdict", "contract", "keeps", "stronger", "seconds"}) {
    require(result.is_object() && result.contains(key), file, fmt::format("it has no \"{}\"", key));
  }
  for (const char* const key : sums) {
    require(result[key].is_number_unsigned(), file,
            fmt::format("its \"{}\" is {}, and no number from 0 on", key, result[key].dump()));
  }
  require(std::ranges::find(verdicts, result["verdict"]) != verdicts.end(), file,
          fmt::format("its \"verdict\" is {}, and none of {}", result["verdict"].dump(), fmt::join(verdicts, ", ")));
  for (const ordered_json& one : result["campaigns"]) {
    require(one.is_object() && one.contains("command") && one.contains("shard") && one.contains("shards") &&
                one["shard"].is_number_unsigned() && one["shards"].is_number_unsigned() && one["shards"] > 0,
            file, fmt::format("{} is no campaign", one.dump()));
  }
  try {
    card(result);  // what cannot be shown
    result["seconds"].get<double>();
  } catch (const ordered_json::exception& error) {
    require(false, file, error.what());
  }
  return result;
}

namespace {

void require_mergeable(const ordered_json& all, const ordered_json& one) {
  if (one["channel"] != all["channel"] || one["version"] != all["version"] || one["contract"] != all["contract"]) {
    throw misuse_error(
        fmt::format("results of different channels, versions or contracts cannot be merged: {} ({}) and {} ({})",
                    all["channel"].get<std::string>(), all["promised"].get<std::string>(),
                    one["channel"].get<std::string>(), one["promised"].get<std::string>()));
  }
  for (const ordered_json& before : all["campaigns"]) {
    for (const ordered_json& campaign : one["campaigns"]) {
      if (overlap(before, campaign)) {
        throw misuse_error(
            fmt::format("the same programs cannot be counted twice: {} is given with shard {}/{} and with shard {}/{}",
                        campaign["command"].get<std::string>(), before["shard"].dump(), before["shards"].dump(),
                        campaign["shard"].dump(), campaign["shards"].dump()));
      }
    }
  }
}

// A verdict, with all that belongs to it.
void take_verdict_of(const ordered_json& one, ordered_json& all) {
  for (const char* const key :
       {"verdict", "rule", "because", "program", "requests", "shrink_runs", "replay", "history", "keeps", "kept"}) {
    if (one.contains(key)) {
      all[key] = one[key];
    } else {
      all.erase(key);
    }
  }
}

void add_stronger(const ordered_json& one, ordered_json& all) {
  for (std::size_t k = 0; k < all["stronger"].size() && k < one["stronger"].size(); ++k) {
    ordered_json& mine = all["stronger"][k];
    const ordered_json& other = one["stronger"][k];
    if (mine["refuted"] == 0 && other["refuted"] > 0) {
      mine["because"] = other["because"];
      mine["program"] = other["program"];
      mine["replay"] = other["replay"];
    }
    mine["refuted"] = mine["refuted"].get<std::uint64_t>() + other["refuted"].get<std::uint64_t>();
  }
}

// The contract, each of its words replaced by the strongest that was not refuted: these come first.
ordered_json kept_words(const ordered_json& all) {
  ordered_json keeps = all["contract"];
  for (const char* const dimension : dimensions) {
    for (const ordered_json& promise : all["stronger"]) {
      const std::string words = promise["promise"];
      if (words.starts_with(std::string(dimension) + "=") && promise["refuted"] == 0) {
        keeps[dimension] = words.substr(words.find('=') + 1);
        break;
      }
    }
  }
  return keeps;
}

}  // namespace

ordered_json merged(const std::vector<ordered_json>& results) {
  ordered_json all = results.front();
  std::set<std::string> situations = all["situations"];
  for (std::size_t i = 1; i < results.size(); ++i) {
    const ordered_json& one = results[i];
    require_mergeable(all, one);
    all["campaigns"].insert(all["campaigns"].end(), one["campaigns"].begin(), one["campaigns"].end());
    for (const char* const sum : sums) {
      all[sum] = all[sum].get<std::uint64_t>() + one[sum].get<std::uint64_t>();
    }
    all["seconds"] = all["seconds"].get<double>() + one["seconds"].get<double>();
    situations.insert(one["situations"].begin(), one["situations"].end());
    if (one["seed"] != all["seed"]) {
      all["seed"] = nullptr;
    }
    if (badness(one) > badness(all)) {  // of equals the first
      take_verdict_of(one, all);
    }
    add_stronger(one, all);
  }
  all["situations"] = situations;
  if (code_of(all) == conforms || code_of(all) == unknown) {
    all["keeps"] = kept_words(all);
  }
  return all;
}

ordered_json no_result(const oracle::channel_type& type, int code, const std::string& command) {
  return {{"channel", type.name},
          {"version", type.version},
          {"seed", nullptr},
          {"campaigns", ordered_json::array()},
          {"programs", 0},
          {"operations", 0},
          {"received", 0},
          {"overlapping", 0},
          {"undecided", 0},
          {"situations", ordered_json::array()},
          {"verdict", code == violates ? "crashed" : "unknown"},
          {"rule", nullptr},
          {"because", "the campaign's process ended in the middle of it"},
          {"keeps", nullptr},
          {"seconds", 0.0},
          {"promised", to_string(type.promises)},
          {"contract", words_of(type.promises)},
          {"replay", command},
          {"stronger", ordered_json::array()}};
}

exit_code code_of(const ordered_json& result) {
  const std::string verdict = result["verdict"];
  return verdict == "conforms"                           ? conforms
         : verdict == "violates" || verdict == "crashed" ? violates
         : verdict == "misuse"                           ? misuse
                                                         : unknown;
}

std::string card(const ordered_json& result) {
  std::string text = fmt::format("{} {}: contract card\n\n  {:<11}{:<14}{}\n", result["channel"].get<std::string>(),
                                 result["version"].get<std::string>(), "dimension", "promised", "not refuted");
  for (const char* const dimension : dimensions) {
    const line one = line_of(result, dimension);
    text += fmt::format("  {:<11}{:<14}{}\n", dimension, one.promised,
                        one.refuted.empty() ? one.kept : fmt::format("{:<14}{}", one.kept, one.refuted));
    if (!one.example.empty()) {
      text += fmt::format("  {:<39}{}\n", "", one.example);
    }
  }
  text += fmt::format("\n  in {}\n", what_was_done(result));
  if (result["received"] == 0) {
    text += fmt::format("  values: {}\n", no_value_got_through);
  }
  const std::string because = result["because"];
  const std::string replay = result.value("replay", "");
  if (result["verdict"] == "violates") {
    text += fmt::format("  It VIOLATES {}: {}\n  {}\n", result["rule"].get<std::string>(), because, replay);
  } else if (result["verdict"] == "crashed") {
    text += fmt::format("  It CRASHED: {}\n  {}\n", because, replay);
  } else if (result["verdict"] == "misuse") {
    text += fmt::format("  It cannot be judged: {}\n  {}\n", because, replay);
  } else if (result["verdict"] == "unknown") {
    text += fmt::format("  unknown: {}\n", because);
  }
  return text;
}

std::string table(const std::vector<ordered_json>& results) {
  std::vector<std::vector<std::string>> rows = {headings};
  for (const ordered_json& result : results) {
    rows.push_back(cells(result));
  }
  return aligned(rows) + fmt::format("\n{}\n", what_the_columns_say);
}

std::string markdown(const std::vector<ordered_json>& results, const std::string& command) {
  std::string text = fmt::format(
      "# Contract cards\n\nWritten by `{}`.\n\n{}\nNot refuted is not proved: the columns on the right say how much "
      "was "
      "tried.\n\n| {} |\n|---|---|---|---|---|---|---|--:|--:|---|\n",
      command, what_the_columns_say, fmt::join(headings, " | "));
  for (const ordered_json& result : results) {
    text += fmt::format("| {} |\n", fmt::join(cells(result), " | "));
  }
  text += "\n## What was refuted\n\n";
  for (const ordered_json& result : results) {
    if (code_of(result) != conforms) {
      text += fmt::format("- **{}** {}: {}\n", result["channel"].get<std::string>(),
                          result["verdict"].get<std::string>(), result["because"].get<std::string>());
      if (result.contains("replay")) {
        text += fmt::format("  `{}`\n", result["replay"].get<std::string>());
      }
    }
    for (const char* const dimension : dimensions) {
      if (const line one = line_of(result, dimension); !one.refuted.empty()) {
        text += fmt::format("- **{}**: {}\n  `{}`\n", result["channel"].get<std::string>(), one.refuted, one.example);
      }
    }
  }
  return text;
}

}  // namespace plumbline::cli

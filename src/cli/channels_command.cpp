#include "cli/channels_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/exit_codes.hpp"
#include "cli/output_file.hpp"
#include "cli/text.hpp"
#include "plumbline/oracle/plugin_loader.hpp"
#include "plumbline/oracle/registry.hpp"

namespace plumbline::cli {
namespace {

using oracle::channel_type;

// Where the plug-ins are that were built with the command: of these two directories the one that exists, from the
// directory of the executable. The first is that of a build, the second that of an installation.
constexpr const char* plugin_directories[] = {"plumbline-channels", PLUMBLINE_INSTALLED_CHANNELS};

std::vector<std::filesystem::path> plugin_files() {
  std::error_code error;
  const std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", error);
  std::vector<std::filesystem::path> files;
  for (const char* const directory : plugin_directories) {
    for (const auto& entry : std::filesystem::directory_iterator(executable.parent_path() / directory, error)) {
      if (entry.path().extension() == ".so") {
        files.push_back(entry.path());
      }
    }
    if (!files.empty()) {
      break;
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// For other programs to read: an array of objects.
void write_json(const std::string& file) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const channel_type& type : known_channels()) {
    json.push_back({{"name", type.name},
                    {"version", type.version},
                    {"promised", to_string(type.promises)},
                    {"capacities", to_string(type.sizes)},
                    {"operations", to_string(type.operations)}});
  }
  write_file("--json", file, json.dump(2) + "\n");
}

int list_channels(const std::string& json_file) {
  if (!json_file.empty()) {
    write_json(json_file);
    return conforms;
  }
  std::vector<std::vector<std::string>> rows = {
      {"channel", "version", "order", "empty", "full", "capacity", "disconnect", "made with", "operations"}};
  for (const channel_type& type : known_channels()) {
    const oracle::contract& promised = type.promises;
    rows.push_back({type.name, type.version, std::string(to_string(promised.order)),
                    std::string(to_string(promised.empty)), std::string(to_string(promised.full)),
                    std::string(to_string(promised.capacity)), std::string(to_string(promised.disconnect)),
                    to_string(type.sizes), to_string(type.operations)});
  }
  fmt::print("{}", aligned(rows));
  if (rows.size() == 1) {
    fmt::print("(none was built in; see the messages of cmake)\n");
  }
  return conforms;
}

}  // namespace

std::vector<channel_type> known_channels() {
  std::vector<channel_type> all = oracle::registered_channels();
  for (const std::filesystem::path& file : plugin_files()) {
    try {
      std::vector<channel_type> found = oracle::load_plugin(file.string());
      std::move(found.begin(), found.end(), std::back_inserter(all));
    } catch (const oracle::plugin_error& error) {
      fmt::print(stderr, "plumbline: {}\n", error.what());
    }
  }
  std::sort(all.begin(), all.end(), [](const channel_type& a, const channel_type& b) { return a.name < b.name; });
  return all;
}

void add_channels_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("channels", "List the channels that can be put under the oracle");
  const auto json_file = std::make_shared<std::string>();
  command->add_option("--json", *json_file, "Write the list to this file instead");
  command->callback([json_file, &status] { status = list_channels(*json_file); });
}

}  // namespace plumbline::cli

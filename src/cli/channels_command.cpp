#include "cli/channels_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "cli/exit_codes.hpp"
#include "cli/misuse_error.hpp"
#include "cli/output_file.hpp"
#include "cli/supervised.hpp"
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

// Ends the process if it lives for too long: what hangs in a plug-in's constructors cannot be stopped. (No jthread,
// whose stop_token is in libstdc++: a plug-in may bring ThreadSanitizer, which would not see that the two are ordered.)
class loading_watch {
 public:
  loading_watch(const std::string& plugin, std::chrono::milliseconds limit)
      : thread_([this, plugin, limit] {
          std::unique_lock lock(mutex_);
          if (!wakeup_.wait_for(lock, limit, [this] { return loaded_; })) {
            fmt::print(stderr, "plumbline: plug-in {}: it has hung for {} s while it was being loaded\n", plugin,
                       std::chrono::duration<double>(limit).count());
            tell_supervisor_the_end();
            std::_Exit(misuse);
          }
        }) {}
  loading_watch(const loading_watch&) = delete;
  loading_watch& operator=(const loading_watch&) = delete;
  ~loading_watch() {
    {
      const std::scoped_lock lock(mutex_);
      loaded_ = true;
    }
    wakeup_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wakeup_;
  bool loaded_ = false;
  std::thread thread_;  // the last one: it uses the others
};

// For other programs to read: an array of objects.
void write_json(const std::vector<channel_type>& types, const std::string& file) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const channel_type& type : types) {
    json.push_back({{"name", type.name},
                    {"version", type.version},
                    {"promised", to_string(type.promises)},
                    {"capacities", to_string(type.sizes)},
                    {"operations", to_string(type.operations)}});
  }
  write_file("--json", file, json.dump(2) + "\n");
}

int list_channels(const std::string& plugin, const std::string& json_file) {
  const std::vector<channel_type> types = plugin.empty() ? known_channels() : channels_of(plugin);
  if (!json_file.empty()) {
    write_json(types, json_file);
    return conforms;
  }
  std::vector<std::vector<std::string>> rows = {
      {"channel", "version", "order", "empty", "full", "capacity", "disconnect", "made with", "operations"}};
  for (const channel_type& type : types) {
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
      std::vector<channel_type> found = channels_of(file.string());
      std::move(found.begin(), found.end(), std::back_inserter(all));
    } catch (const misuse_error& error) {
      fmt::print(stderr, "plumbline: {}\n", error.what());
    }
  }
  std::sort(all.begin(), all.end(), [](const channel_type& a, const channel_type& b) { return a.name < b.name; });
  return all;
}

std::vector<channel_type> channels_of(const std::string& plugin, std::chrono::milliseconds limit) {
  const loading_watch watch(plugin, limit);
  try {
    return oracle::load_plugin(plugin);
  } catch (const oracle::plugin_error& error) {
    throw misuse_error(error.what());
  }
}

void add_channels_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("channels", "List the channels that can be put under the oracle");
  const auto plugin = std::make_shared<std::string>();
  const auto json_file = std::make_shared<std::string>();
  command->add_option("--plugin", *plugin,
                      "Those of this shared library (plumbline/plugin.h), instead of those built in");
  command->add_option("--json", *json_file, "Write the list to this file instead");
  command->callback([plugin, json_file, &status] { status = list_channels(*plugin, *json_file); });
}

}  // namespace plumbline::cli

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "plumbline/oracle/adapter.hpp"

namespace CLI {
class App;
}

namespace plumbline::cli {

// `plumbline channels`: the channels that can be put under the oracle. `status` is set when the command runs: the exit
// code.
void add_channels_command(CLI::App& app, int& status);

// Every channel that the command knows by name: those linked into it, and those of the plug-ins that were built with
// it, which lie in a directory next to it. A plug-in there that cannot be loaded costs one line on stderr.
std::vector<oracle::channel_type> known_channels();

// The channels of one plug-in. Throws misuse_error. If the plug-in does not come back from being loaded in this time,
// one line says so, and the process ends.
std::vector<oracle::channel_type> channels_of(const std::string& plugin,
                                              std::chrono::milliseconds limit = std::chrono::minutes(1));

}  // namespace plumbline::cli

#pragma once

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

}  // namespace plumbline::cli

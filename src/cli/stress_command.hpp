#pragma once

namespace CLI {
class App;
}

namespace plumbline::cli {

// `plumbline stress`: puts a channel under the oracle. `status` is set when the command runs: the exit code.
void add_stress_command(CLI::App& app, int& status);

}  // namespace plumbline::cli

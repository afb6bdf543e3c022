#pragma once

namespace CLI {
class App;
}

namespace plumbline::cli {

// `plumbline check`: what the oracle says of history files. `status` is set when the command runs: the exit code.
void add_check_command(CLI::App& app, int& status);

}  // namespace plumbline::cli

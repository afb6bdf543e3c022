#pragma once

namespace CLI {
class App;
}

namespace plumbline::cli {

// `plumbline export`: history files for other tools. `status` is set when the command runs: the exit code.
void add_export_command(CLI::App& app, int& status);

}  // namespace plumbline::cli

#include "cli/check_command.hpp"

#include <CLI/CLI.hpp>

#include "cli/exit_codes.hpp"

namespace plumbline::cli {

void add_check_command(CLI::App&, int&) {}

}  // namespace plumbline::cli

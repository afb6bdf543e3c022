#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <utility>

#include "cli/card_command.hpp"
#include "cli/channels_command.hpp"
#include "cli/check_command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/export_command.hpp"
#include "cli/stress_command.hpp"
#include "plumbline/main.hpp"
#include "plumbline/oracle/registry.hpp"

int plumbline::command(int argc, char** argv, std::vector<oracle::channel_type> channels) {
  for (oracle::channel_type& type : channels) {
    oracle::registered_channel(std::move(type));
  }
  CLI::App app("Is this channel straight? Judges channels and records of them by Plumbline's contract.", "plumbline");
  app.set_version_flag("--version", "plumbline " PLUMBLINE_VERSION);
  app.footer("Exit codes: 0 conforms, 1 violates, 2 unknown, 3 misuse.");

  int status = plumbline::cli::misuse;
  plumbline::cli::add_check_command(app, status);
  plumbline::cli::add_stress_command(app, status);
  plumbline::cli::add_export_command(app, status);
  plumbline::cli::add_channels_command(app, status);
  plumbline::cli::add_card_commands(app, status);

  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) {  // not require_subcommand(): it would speak of that before an unknown flag
      throw CLI::ValidationError("which command?");
    }
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "plumbline: {}; see plumbline --help\n", error.what());
    return plumbline::cli::misuse;
  } catch (const std::exception& error) {
    fmt::print(stderr, "plumbline: {}\n", error.what());
    return plumbline::cli::misuse;
  }
  return status;
}

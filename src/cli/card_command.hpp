#pragma once

namespace CLI {
class App;
}

namespace plumbline::cli {

// `plumbline card`: a channel's contract card, after a campaign. `plumbline cards`: the cards of all channels, each
// made in a process of its own. `plumbline merge`: the card of several campaigns together. `status` is set when one of
// them runs: the exit code.
void add_card_commands(CLI::App& app, int& status);

}  // namespace plumbline::cli

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_codes.hpp"
#include "plumbline/oracle/adapter.hpp"

namespace plumbline::cli {

// Said of a campaign in which no value was received: then there was little that the channel could do wrong.
inline constexpr std::string_view no_value_got_through = "none got through: no program received one";

// The words of a contract by their dimensions, as they are in a result.
nlohmann::ordered_json words_of(const oracle::contract&);

// What `plumbline stress --json` wrote, or misuse_error with a line that says what is wrong with the file.
nlohmann::ordered_json read_result(const std::string& file);

// The results of campaigns on one channel, held to one contract, as if they had been one. Throws misuse_error if they
// are not.
nlohmann::ordered_json merged(const std::vector<nlohmann::ordered_json>& results);

// The contract card: per dimension the strongest promise that was not refuted, in how many operations and situations,
// and the counter-example where there is one.
std::string card(const nlohmann::ordered_json& result);

// The cards of several channels, a row each; and as a page.
std::string table(const std::vector<nlohmann::ordered_json>& results);
std::string markdown(const std::vector<nlohmann::ordered_json>& results, const std::string& command);

// In place of the result of a campaign that has none, because its process ended in the middle of it: with exit code
// `violates` the channel crashed. `command` runs it again.
nlohmann::ordered_json no_result(const oracle::channel_type&, int code, const std::string& command);

exit_code code_of(const nlohmann::ordered_json& result);

}  // namespace plumbline::cli

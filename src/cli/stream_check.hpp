#pragma once

#include <string>

#include "cli/exit_codes.hpp"

namespace plumbline::cli {

// `plumbline check --stream`: decides a history file while it is read, in memory that does not grow with it, and stops
// at the first breach. Prints the verdict; as JSON if asked to.
exit_code check_stream(const std::string& file, const std::string& contract_words, bool json);

}  // namespace plumbline::cli

#pragma once

// What the plumbline command exits with. The same for every command.
namespace plumbline::cli {

enum exit_code : int { conforms = 0, violates = 1, unknown = 2, misuse = 3 };

}  // namespace plumbline::cli

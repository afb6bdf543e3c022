#pragma once

#include <stdexcept>

namespace plumbline::cli {

// What was asked for cannot be done; what() is one line for the user. The command exits with `misuse`.
class misuse_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace plumbline::cli

#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace plumbline::cli {

// What is being done now: a line on a terminal that is written anew each time, nothing in a pipe.
class terminal_line {
 public:
  void show(std::string_view text) const {
    if (is_terminal_) {
      fmt::print(stderr, "\r\x1b[K{}", text);
      std::fflush(stderr);
    }
  }
  void clear() const { show(""); }

 private:
  const bool is_terminal_ = isatty(STDERR_FILENO) != 0;
};

}  // namespace plumbline::cli

#pragma once

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace plumbline::test {

// An argument of the command line. Throws std::invalid_argument with a sentence.
inline std::uint64_t number(const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (*text == '\0' || *end != '\0') {
    throw std::invalid_argument(std::string("'") + text + "' is no number");
  }
  return value;
}

}  // namespace plumbline::test

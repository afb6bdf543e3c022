#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline::test {

// Says how much the test of that name did, {"cases": …, "operations": …}: on standard output, and, if the environment
// variable PLUMBLINE_COUNTS names a directory, in a file there. A check that did less than it used to is a failed check
// (ci/recorded.json). Throws std::runtime_error if it cannot write there.
inline void report_counts(const std::string& name,
                          const std::vector<std::pair<std::string_view, std::uint64_t>>& counts) {
  std::ostringstream json;
  for (const auto& [what, amount] : counts) {
    json << (json.tellp() == 0 ? "{" : ", ") << '"' << what << "\": " << amount;
  }
  json << "}";
  std::cout << "counts " << name << ' ' << json.str() << '\n' << std::flush;
  if (const char* const directory = std::getenv("PLUMBLINE_COUNTS")) {
    std::ofstream file(std::filesystem::path(directory) / (name + ".json"));
    if (!(file << json.str() << '\n')) {
      throw std::runtime_error(std::string("PLUMBLINE_COUNTS: cannot write to ") + directory);
    }
  }
}

}  // namespace plumbline::test

#include "describe.hpp"

#include <cstdlib>
#include <sstream>

#include "plumbline/oracle/jsonl.hpp"

namespace plumbline::oracle::test {

std::string describe(const history& h) {
  std::ostringstream text;  // as a file, so that it can be given to `plumbline check`
  write_jsonl(text, h);
  return text.str();
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const given = std::getenv(variable);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

}  // namespace plumbline::oracle::test

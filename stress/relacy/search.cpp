#include <charconv>
#include <system_error>

#include "world.hpp"

namespace plumbline::stress {

std::optional<search> parse_search(std::string_view text) {
  if (text == "full") {
    return search{search::kind::full, 0};
  }
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (colon == std::string_view::npos || (kind != "bound" && kind != "random")) {
    return std::nullopt;
  }
  search parsed{kind == "bound" ? search::kind::bound : search::kind::random, 0};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, parsed.limit);
  const std::uint64_t most = parsed.how == search::kind::bound ? 1000 : std::uint64_t{1} << 40;
  const std::uint64_t least = parsed.how == search::kind::bound ? 0 : 1;
  if (error != std::errc() || end != last || parsed.limit > most || parsed.limit < least) {
    return std::nullopt;
  }
  return parsed;
}

std::string to_string(search how) {
  switch (how.how) {
    case search::kind::bound:
      return "bound:" + std::to_string(how.limit);
    case search::kind::random:
      return "random:" + std::to_string(how.limit);
    case search::kind::full:
      break;
  }
  return "full";
}

}  // namespace plumbline::stress

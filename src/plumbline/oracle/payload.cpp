#include "plumbline/oracle/payload.hpp"

#include <algorithm>

namespace plumbline::oracle {

std::string_view to_string(payload one) noexcept {
  switch (one) {
    case payload::plain:
      return "plain";
    case payload::slow:
      return "slow";
    case payload::reentrant:
      return "reentrant";
    case payload::large:
      return "large";
    case payload::aligned:
      return "aligned";
    case payload::throwing:
      return "throwing";
    case payload::bare:
      return "bare";
  }
  return "?";
}

std::optional<payload> payload_of(std::string_view word) noexcept {
  const auto* const found =
      std::ranges::find_if(every_payload, [word](payload candidate) { return to_string(candidate) == word; });
  return found == every_payload.end() ? std::nullopt : std::optional(*found);
}

std::string to_string(const payload_set& accepted) {
  std::string text;
  for (const payload one : every_payload) {
    if (accepted.has(one)) {
      text += text.empty() ? "" : ", ";
      text += to_string(one);
    }
  }
  return text;
}

}  // namespace plumbline::oracle

#include "plumbline/oracle/plain_breach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "plumbline/oracle/explain.hpp"

namespace plumbline::oracle {

some_values::some_values(const history& h, const std::vector<std::size_t>& of_operations) {
  for (const std::size_t i : of_operations) {
    sorted_.push_back(h.operations[i].value);
  }
  std::ranges::sort(sorted_);
}

bool some_values::contains(std::uint64_t value) const noexcept {
  return !sorted_.empty() && sorted_.front() <= value && value <= sorted_.back() &&
         std::ranges::binary_search(sorted_, value);
}

std::optional<plain_breach> find_plain_breach(const history& h, const some_values* only) {
  std::unordered_map<std::uint64_t, std::size_t> sends;
  std::unordered_map<std::uint64_t, std::size_t> receives;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    if (is_send(h.operations[i].kind) && (only == nullptr || only->contains(h.operations[i].value))) {
      sends.emplace(h.operations[i].value, i);
    }
  }
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& r = h.operations[i];
    if (!is_recv(r.kind) || r.result != outcome::ok || (only != nullptr && !only->contains(r.value))) {
      continue;
    }
    const auto found = sends.find(r.value);
    if (found == sends.end()) {
      return plain_breach{rule::integrity, fmt::format("{} returned {}, which nobody sent", name(r), r.value), {i}};
    }
    const auto [earlier, is_first] = receives.emplace(r.value, i);
    std::vector<std::size_t> both = {std::min(i, found->second), std::max(i, found->second)};
    if (!is_first) {
      both.insert(std::ranges::upper_bound(both, earlier->second), earlier->second);
      return plain_breach{rule::integrity, fmt::format("{} was received twice", r.value), both};
    }
    const operation& s = h.operations[found->second];
    if (s.result == outcome::ok || s.result == outcome::pending) {
      if (r.end < s.begin) {
        return plain_breach{rule::integrity, fmt::format("{} was received before {} began", r.value, name(s)), both};
      }
      continue;
    }
    const rule broken = s.result == outcome::timeout        ? rule::timeout_clean
                        : s.result == outcome::disconnected ? rule::send_disconnected
                                                            : rule::integrity;
    return plain_breach{
        broken, fmt::format("{} reported {}, but {} was received", name(s), to_string(s.result), s.value), both};
  }
  return std::nullopt;
}

}  // namespace plumbline::oracle

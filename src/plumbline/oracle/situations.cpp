#include "plumbline/oracle/situations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::oracle {

std::size_t situations::ending_of(const operation& o) noexcept {
  return static_cast<std::size_t>(o.kind) * outcomes + static_cast<std::size_t>(o.result);
}

void situations::see(const history& h) noexcept {
  std::size_t first = 0;  // of those that had not ended when this one began
  for (const operation& o : h.operations) {
    while (h.operations[first].end < o.begin) {
      ++first;
    }
    const std::size_t row = ending_of(o) * (endings + 1);
    bool alone = true;
    for (std::size_t i = first; i < h.operations.size(); ++i) {
      const operation& other = h.operations[i];
      if (other.begin > o.end) {
        break;  // and so do all that follow, for they are sorted by their begins
      }
      if (other.thread != o.thread && o.begin <= other.end) {
        alone = false;
        seen_[row + ending_of(other)].store(true, std::memory_order_relaxed);
      }
    }
    if (alone) {
      seen_[row + endings].store(true, std::memory_order_relaxed);
    }
  }
}

std::size_t situations::count() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(seen_, [](const std::atomic<bool>& one) { return one.load(std::memory_order_relaxed); }));
}

std::vector<std::string> situations::in_words() const {
  const auto words = [](std::size_t ending) {
    return fmt::format("{}→{}", to_string(static_cast<operation_kind>(ending / outcomes)),
                       to_string(static_cast<outcome>(ending % outcomes)));
  };
  std::vector<std::string> all;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i].load(std::memory_order_relaxed)) {
      const std::size_t beside = i % (endings + 1);
      all.push_back(words(i / (endings + 1)) + (beside == endings ? " alone" : " beside " + words(beside)));
    }
  }
  return all;
}

}  // namespace plumbline::oracle

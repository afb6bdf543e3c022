#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "plumbline/oracle/history.hpp"

namespace plumbline::bench {

// Passes on what it is told, until two values are in the channel the send of one of which had ended before that of the
// other one began: these two it exchanges where they are received, once. So a history that was legal breaks FIFO.
template <class Told>
class exchanging {
 public:
  // The values are those that are sent from that stamp on.
  exchanging(Told& told, std::uint64_t from) : told_(told), from_(from) {}

  void begin(const oracle::operation& o) {
    if (oracle::is_send(o.kind) && o.begin >= from_ && !exchanged_) {
      inside_.emplace(o.value, o);
    }
    told_.begin(o);
  }

  void end(const oracle::operation& o) {
    oracle::operation said = o;
    if (oracle::is_recv(o.kind) && o.result == oracle::outcome::ok) {
      said.value = instead_of(o.value);
      inside_.erase(o.value);
    } else if (const auto sent = inside_.find(o.value); oracle::is_send(o.kind) && sent != inside_.end()) {
      sent->second = o;
    }
    told_.end(said);
  }

  bool exchanged() const { return exchanged_.has_value(); }

 private:
  std::uint64_t instead_of(std::uint64_t value) {
    if (exchanged_) {
      return value == exchanged_->second ? exchanged_->first : value;
    }
    const auto first = inside_.find(value);
    if (first == inside_.end()) {
      return value;
    }
    const auto second =
        std::ranges::find_if(inside_, [&](const auto& sent) { return sent.second.begin > first->second.end; });
    if (second == inside_.end()) {
      return value;
    }
    exchanged_ = {value, second->first};
    return second->first;
  }

  Told& told_;
  std::uint64_t from_;
  std::map<std::uint64_t, oracle::operation> inside_;  // by value, until they are received
  std::optional<std::pair<std::uint64_t, std::uint64_t>> exchanged_;
};

// Near the end of a history of so many operations: the stamp from which on its last thousand operations begin, or its
// second half.
inline std::uint64_t near_the_end(std::uint64_t operations) {
  return 2 * operations - std::min<std::uint64_t>(operations, 2'000);
}

}  // namespace plumbline::bench

#include "plumbline/oracle/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace plumbline::oracle {
namespace {

constexpr std::uint64_t nothing = operation::never;  // no event
constexpr std::uint64_t most_stamp = nothing / 2 - 1;

void require_representable(std::uint64_t stamp) {
  if (stamp > most_stamp) {
    throw std::invalid_argument(fmt::format("the stamp {} is too large: {} is the largest", stamp, most_stamp));
  }
}

}  // namespace

merge::merge(stream& to, std::size_t threads)
    : to_(to), tracks_(std::bit_ceil(std::max<std::size_t>(threads, 1))), first_(2 * tracks_.size()) {
  for (std::size_t t = threads; t < tracks_.size(); ++t) {
    tracks_[t].low = operation::never;  // they fill the tournament up, and say nothing
  }
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    look_at(t);
  }
}

// Finds the next event of a thread, and its place in the tournament. At equal stamps begins come first, as the stream
// wants it. Which of two comes first is chance, so it had better not be a branch: hence one number to compare.
void merge::look_at(std::size_t thread) {
  track& t = tracks_[thread];
  const std::uint64_t begin = t.begun < t.operations.size() ? 2 * t.operations[t.begun].begin : nothing;
  const std::uint64_t end =
      t.begun > 0 && t.operations.front().end != operation::never ? 2 * t.operations.front().end + 1 : nothing;
  next_event first = {.when = std::min(begin, end), .thread = thread};
  t.says_nothing = first.when == nothing;
  std::size_t node = tracks_.size() + thread;
  first_[node] = first;
  for (; node > 1; node /= 2) {
    const next_event other = first_[node ^ 1];
    const bool other_is_first = other.when < first.when;
    first.when = other_is_first ? other.when : first.when;
    first.thread = other_is_first ? other.thread : first.thread;
    first_[node / 2] = first;
  }
}

void merge::begin(const operation& o) {
  require_representable(o.begin);
  track& t = tracks_[o.thread];
  t.low = o.begin;
  operation& added = t.operations.grow();
  added = o;
  added.end = operation::never;
  if (t.says_nothing) {
    look_at(o.thread);
  }
}

void merge::end(const operation& o) {
  require_representable(o.end);
  track& t = tracks_[o.thread];
  t.low = o.end;
  t.operations[t.operations.size() - 1] = o;
  if (t.says_nothing) {
    look_at(o.thread);
  }
}

void merge::quiet_until(std::uint32_t thread, std::uint64_t stamp) {
  tracks_[thread].low = std::max(tracks_[thread].low, stamp);
}

void merge::tell_until(std::uint64_t until) {
  for (;;) {
    const next_event next = first_[1];
    if (next.when >= until) {
      return;
    }
    track& t = tracks_[next.thread];
    if (next.when % 2 != 0) {
      to_.end(t.operations.front());
      t.operations.pop_front();
      --t.begun;
    } else {
      to_.begin(t.operations[t.begun]);
      ++t.begun;
    }
    look_at(next.thread);
  }
}

void merge::advance() {
  std::uint64_t watermark = operation::never;
  for (const track& t : tracks_) {
    watermark = std::min(watermark, t.low);
  }
  tell_until(watermark <= most_stamp ? 2 * watermark : nothing);
}

void merge::finish() { tell_until(nothing); }

}  // namespace plumbline::oracle

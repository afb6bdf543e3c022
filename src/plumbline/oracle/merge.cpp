#include "plumbline/oracle/merge.hpp"

#include <algorithm>
#include <bit>

namespace plumbline::oracle {

merge::merge(stream& to, std::size_t threads)
    : to_(to), tracks_(std::bit_ceil(std::max<std::size_t>(threads, 1))), leaves_(tracks_.size()) {
  for (std::size_t t = threads; t < leaves_; ++t) {
    tracks_[t].low = operation::never;  // they fill the tournament up, and say nothing
  }
  next_.resize(leaves_);
  first_.resize(2 * leaves_);
  for (std::size_t thread = 0; thread < leaves_; ++thread) {
    first_[leaves_ + thread] = thread;
    look_at(thread);
  }
}

// Finds the next event of a thread, and its place in the tournament. At equal stamps begins come first, as the stream
// wants it. Which of two comes first is chance, so it had better not be a branch.
void merge::look_at(std::size_t thread) {
  track& t = tracks_[thread];
  const std::uint64_t begin = t.begun < t.operations.size() ? t.operations[t.begun].begin : operation::never;
  const std::uint64_t end = t.begun > 0 ? t.operations.front().end : operation::never;
  next_[thread] = {.stamp = std::min(begin, end), .is_end = static_cast<std::uint64_t>(end < begin)};
  t.says_nothing = std::min(begin, end) == operation::never;
  for (std::size_t node = (leaves_ + thread) / 2; node > 0; node /= 2) {
    const next_event& left = next_[first_[2 * node]];
    const next_event& right = next_[first_[2 * node + 1]];
    const bool right_comes_first =
        static_cast<unsigned>(right.stamp < left.stamp) |
        (static_cast<unsigned>(right.stamp == left.stamp) & static_cast<unsigned>(right.is_end < left.is_end));
    first_[node] = first_[2 * node + static_cast<std::size_t>(right_comes_first)];
  }
}

void merge::begin(const operation& o) {
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

void merge::tell_until(std::uint64_t instant) {
  for (;;) {
    const std::size_t thread = first_[1];
    if (next_[thread].stamp >= instant) {
      return;
    }
    track& t = tracks_[thread];
    if (next_[thread].is_end != 0) {
      to_.end(t.operations.front());
      t.operations.pop_front();
      --t.begun;
    } else {
      to_.begin(t.operations[t.begun]);
      ++t.begun;
    }
    look_at(thread);
  }
}

void merge::advance() {
  std::uint64_t watermark = operation::never;
  for (const track& t : tracks_) {
    watermark = std::min(watermark, t.low);
  }
  tell_until(watermark);
}

void merge::finish() { tell_until(operation::never); }

}  // namespace plumbline::oracle

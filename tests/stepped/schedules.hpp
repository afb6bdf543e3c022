#pragma once
// Ways to answer a scheduler's questions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "stepped/scheduler.hpp"

namespace plumbline::test {

// Goes through every schedule of an execution that is the same whenever the choices are the same:
//   every_schedule schedule;
//   do {
//     … choose(n), once for each thing that is open: 0 … n-1 …
//   } while (schedule.next());
class every_schedule {
 public:
  std::size_t choose(std::size_t among) {
    if (at_ == choices_.size()) {
      choices_.push_back({0, among});
    }
    if (choices_[at_].among != among) {
      std::fputs("every_schedule: the execution depends on something other than the choices\n", stderr);
      std::abort();
    }
    return choices_[at_++].taken;
  }
  // Moves on to a schedule that was not yet taken; false if all were (then it starts again).
  bool next() {
    again();
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().among) {
      choices_.pop_back();
    }
    if (choices_.empty()) {
      return false;
    }
    ++choices_.back().taken;
    return true;
  }
  // Goes back to the begin of the same schedule.
  void again() { at_ = 0; }
  // For scheduler::choose_with(); *this has to outlive it.
  scheduler::chooser chooser() {
    return [this](scheduler::question, const scheduler::thread_ids& candidates) {
      return candidates[choose(candidates.size())];
    };
  }

 private:
  struct choice {
    std::size_t taken;
    std::size_t among;
  };
  std::vector<choice> choices_;
  std::size_t at_ = 0;  // the next choice
};

// Chooses at random, the same for the same seed.
inline scheduler::chooser at_random(std::uint64_t seed) {
  return [random = std::mt19937_64(seed)](scheduler::question, const scheduler::thread_ids& candidates) mutable {
    return candidates[random() % candidates.size()];
  };
}

// Prefers `favourite`, whatever the question; otherwise takes the first.
inline scheduler::chooser prefer(scheduler::thread_id favourite) {
  return [favourite](scheduler::question, const scheduler::thread_ids& candidates) {
    return std::ranges::find(candidates, favourite) == candidates.end() ? candidates.front() : favourite;
  };
}

}  // namespace plumbline::test

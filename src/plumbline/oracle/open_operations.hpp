#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <unordered_map>
#include <vector>

#include "plumbline/oracle/in_flight.hpp"
#include "plumbline/oracle/ring.hpp"

namespace plumbline::oracle {

struct open_operation {
  seen what;
  std::size_t received_at_begin = 0;  // values, by the channel
};

// The open operations of each thread, oldest first: one, or more if one begins at the very time stamp at which another
// ends, for begins come first. Threads have small numbers; where each operation that never ends costs a number (as in
// Jepsen's histories), those beyond are looked up.
class open_operations {
 public:
  ring<open_operation>& of(std::uint32_t thread) {
    if (thread >= direct) {
      return others_[thread];
    }
    if (thread >= small_.size()) {
      small_.resize(thread + 1);
    }
    return small_[thread];
  }

  template <class Visitor>
  void for_each(Visitor visit) {
    const auto visit_all = [&](ring<open_operation>& of_one) {
      for (std::size_t i = 0; i < of_one.size(); ++i) {
        visit(of_one[i]);
      }
    };
    std::ranges::for_each(small_, visit_all);
    std::ranges::for_each(others_ | std::views::values, visit_all);
  }

  void close_oldest(std::uint32_t thread) {
    ring<open_operation>& of_one = of(thread);
    of_one.pop_front();
    if (thread >= direct && of_one.empty()) {
      others_.erase(thread);
    }
  }

 private:
  static constexpr std::uint32_t direct = 64;

  std::vector<ring<open_operation>> small_;
  std::unordered_map<std::uint32_t, ring<open_operation>> others_;
};

}  // namespace plumbline::oracle

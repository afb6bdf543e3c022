#pragma once
// Where the threads of a program run, and how urgently: some bugs show only where threads share a processor, or where
// one of them gets it seldom.

#include <cstdint>
#include <optional>
#include <string>

#include "plumbline/oracle/program.hpp"

namespace plumbline::oracle {

// How the operating system is asked to schedule the threads of one program. Best effort: what is not permitted is left
// as it is.
class scheduling {
 public:
  // As the threads were started.
  scheduling() = default;
  // Three in four programs leave them as they were started; in the others the threads are pinned, all to one processor
  // or each to one of its own, or one of them has a lower priority.
  scheduling(random_source random, std::uint32_t threads);

  // For the calling thread, which is number `thread` of the program. Costs nothing if nothing changes.
  void apply(std::uint32_t thread) const noexcept;

  // What of it this process may do, in words; found out once.
  static std::string permitted();

 private:
  enum class placement : std::uint8_t { anywhere, together, apart };
  placement where_ = placement::anywhere;
  std::uint32_t first_ = 0;             // processor, among those that this process may use
  std::optional<std::uint32_t> lower_;  // the thread with the lower priority
};

}  // namespace plumbline::oracle

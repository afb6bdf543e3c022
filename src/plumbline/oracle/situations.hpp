#pragma once
// What a stress test has come across: which operation, with which outcome, beside which other one.

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// The situations of the histories that it was shown. A situation is an operation with its outcome, and either another
// thread's operation that overlapped it, with its outcome, or that none did. May be used by several threads at once.
class situations {
 public:
  void see(const history&) noexcept;

  std::size_t count() const noexcept;
  // In words, "try_recv→empty beside send→ok", sorted as the enumerations are.
  std::vector<std::string> in_words() const;

 private:
  static constexpr std::size_t kinds = 9;
  static constexpr std::size_t outcomes = 6;
  static constexpr std::size_t endings = kinds * outcomes;  // an operation with its outcome

  static std::size_t ending_of(const operation&) noexcept;

  std::array<std::atomic<bool>, endings*(endings + 1)> seen_{};  // beside number `endings`: nothing
};

}  // namespace plumbline::oracle

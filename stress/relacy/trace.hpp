#pragma once

#include <cstddef>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <vector>

namespace plumbline::stress {

// One execution, event by event: a column a thread, and the line of the core at which the event took place.
class trace_table {
 public:
  void clear() { events_.clear(); }
  void add(std::size_t thread, const std::string& what, std::optional<std::source_location> where);
  std::string text(std::span<const std::string> thread_names) const;

 private:
  struct event {
    std::size_t thread;
    std::string what;
    std::string where;
    friend bool operator==(const event&, const event&) = default;
  };
  std::vector<event> events_;
};

}  // namespace plumbline::stress

#include "trace.hpp"

#include <algorithm>
#include <string_view>

namespace plumbline::stress {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, text.size()), ' ');
}

}  // namespace

void trace_table::add(std::size_t thread, const std::string& what, std::optional<std::source_location> where) {
  event next{thread, what, {}};
  if (where) {
    const std::string_view file = where->file_name();
    next.where = std::string(file.substr(file.rfind('/') + 1)) + ":" + std::to_string(where->line());
  }
  // One line of the core may use a variable twice; one line of the table says so.
  if (events_.empty() || events_.back() != next) {
    events_.push_back(std::move(next));
  }
}

std::string trace_table::text(std::span<const std::string> thread_names) const {
  std::vector<std::size_t> widths;
  for (const std::string& name : thread_names) {
    widths.push_back(name.size());
  }
  for (const event& one : events_) {
    widths[one.thread] = std::max(widths[one.thread], one.what.size());
  }
  std::string table = "    ";
  for (std::size_t thread = 0; thread < widths.size(); ++thread) {
    table += "  " + padded(thread_names[thread], widths[thread]);
  }
  table.erase(table.find_last_not_of(' ') + 1);
  table += "\n";
  std::size_t line = 0;
  for (const event& one : events_) {
    const std::string number = std::to_string(++line);
    table += std::string(4 - std::min<std::size_t>(4, number.size()), ' ') + number;
    for (std::size_t thread = 0; thread < widths.size(); ++thread) {
      table += "  " + padded(thread == one.thread ? std::string_view(one.what) : std::string_view(), widths[thread]);
    }
    if (one.where.empty()) {
      table.erase(table.find_last_not_of(' ') + 1);
    } else {
      table += "  " + one.where;
    }
    table += "\n";
  }
  return table;
}

}  // namespace plumbline::stress

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <istream>
#include <optional>
#include <ranges>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/jsonl.hpp"

// What the readers and writers of operation lists have in common.
namespace plumbline::oracle::operation_list {

// Twice a stamp, and one more, still is a stamp that everybody takes.
inline constexpr std::uint64_t latest_stamp = (std::uint64_t{1} << 62) - 1;
inline constexpr std::size_t longest_piece = 65'536;  // of a file: a row, or the text of an operation
inline constexpr std::uint32_t most_senders = 1'000'000;

struct refusal {
  read_error error;
};

template <class... Args>
[[noreturn]] void refuse(std::size_t line, fmt::format_string<Args...> text, Args&&... args) {
  throw refusal{{.line = line, .reason = fmt::format(text, std::forward<Args>(args)...)}};
}

// The characters of a file, and the line on which the next one is.
class characters {
 public:
  static constexpr int none = std::char_traits<char>::eof();

  explicit characters(std::istream& in) : from_(*in.rdbuf()) {}

  int peek() { return from_.sgetc(); }
  int next() {
    const int c = from_.sbumpc();
    line_ += c == '\n' ? 1 : 0;
    return c;
  }
  int next_but_space() {
    int c = next();
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      c = next();
    }
    return c;
  }
  std::size_t line() const { return line_; }

 private:
  std::streambuf& from_;
  std::size_t line_ = 1;
};

struct listed {
  operation what;
  std::size_t line;
  std::size_t place = 0;  // in the list
};

// By their begins; those that begin at the same time as they were listed.
inline void sort_by_begin(std::vector<listed>& all) {
  // Not by std::stable_sort: of g++ 12's, clang says that it uses what is deprecated.
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].place = i;
  }
  std::ranges::sort(all, {}, [](const listed& one) { return std::pair(one.what.begin, one.place); });
}

// Whether an operation begins at the very stamp at which one ended, be it itself. Requires the order of begins.
bool some_end_is_a_begin(const auto& operations) {
  std::vector<std::uint64_t> ends;
  ends.reserve(std::ranges::size(operations));
  for (const operation& o : operations) {
    ends.push_back(o.end);
  }
  std::ranges::sort(ends);
  auto end = ends.begin();
  return std::ranges::any_of(operations, [&](const operation& o) {
    end = std::find_if(end, ends.end(), [&](std::uint64_t stamp) { return stamp >= o.begin; });
    return end != ends.end() && *end == o.begin;
  });
}

// The list, sorted, as a history. Refuses what only several operations together show.
history history_of(const std::vector<listed>&, std::uint32_t senders);

// What there is in the history that no list can say.
std::optional<std::string> not_for_a_list(const history&);
// "operation 5, a try_send,"
std::string name_of(std::size_t index, const operation&);

template <history (*Read)(characters&)>
std::expected<history, read_error> read_from(std::istream& in) {
  characters file(in);
  try {
    history read = Read(file);
    if (const std::string wrong = malformed(read); !wrong.empty()) {
      refuse(1, "{}", wrong);  // nothing of that should be left to find
    }
    return read;
  } catch (const refusal& refused) {
    return std::unexpected(refused.error);
  }
}

}  // namespace plumbline::oracle::operation_list

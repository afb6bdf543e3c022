#include <charconv>
#include <functional>
#include <iterator>
#include <limits>
#include <ostream>
#include <queue>
#include <ranges>
#include <string_view>
#include <unordered_map>

#include "plumbline/oracle/listed.hpp"
#include "plumbline/oracle/operation_list.hpp"

namespace plumbline::oracle {
namespace {

using namespace operation_list;

constexpr std::uint64_t largest_in_polylin = std::numeric_limits<std::int32_t>::max();

std::vector<std::string_view> words_of(std::string_view row) {
  constexpr std::string_view space = " \t\r";
  std::vector<std::string_view> words;
  for (std::size_t at = row.find_first_not_of(space); at != std::string_view::npos && words.size() < 5;) {
    const std::size_t end = std::min(row.find_first_of(space, at), row.size());
    words.push_back(row.substr(at, end - at));
    at = row.find_first_not_of(space, end);
  }
  return words;
}

std::uint64_t number_of(std::size_t line, std::string_view what, std::string_view word, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size() || number > most) {
    refuse(line, "the {} has to be an integer from 0 to {}", what, most);
  }
  return number;
}

bool next_row(characters& file, std::string& row) {
  row.clear();
  if (file.peek() == characters::none) {
    return false;
  }
  const std::size_t line = file.line();
  for (int c = file.next(); c != '\n' && c != characters::none; c = file.next()) {
    if (row.size() == longest_piece) {
      refuse(line, "the line is longer than {} bytes", longest_piece);
    }
    row.push_back(static_cast<char>(c));
  }
  return true;
}

operation polylin_operation(std::size_t line, const std::vector<std::string_view>& words) {
  if (words.size() != 4 || (words[0] != "enq" && words[0] != "deq")) {
    refuse(line, "a row has to be `enq VALUE START END` or `deq VALUE START END`");
  }
  operation o{.kind = operation_kind::send, .result = outcome::ok};
  if (words[0] == "deq") {
    const bool found_nothing = words[1] == "-1";
    o.kind = found_nothing ? operation_kind::try_recv : operation_kind::recv;
    o.result = found_nothing ? outcome::empty : outcome::ok;
  }
  o.value = o.result == outcome::ok ? number_of(line, "value", words[1], largest_in_polylin) : 0;
  o.begin = number_of(line, "start", words[2], latest_stamp);
  o.end = number_of(line, "end", words[3], latest_stamp);
  if (o.end <= o.begin) {
    refuse(line, "the operation has to end after its start, {}, and it ends at {}", o.begin, o.end);
  }
  return o;
}

// Gives each send to the sender that is free for the longest time, or to another one; and the receives to one thread
// more. How many senders there are: one at least.
std::uint32_t assign_threads(std::vector<listed>& all) {
  using free_sender = std::pair<std::uint64_t, std::uint32_t>;  // since when
  std::priority_queue<free_sender, std::vector<free_sender>, std::greater<>> senders;
  std::uint32_t count = 0;
  for (listed& one : all) {
    if (!is_send(one.what.kind)) {
      continue;
    }
    if (senders.empty() || senders.top().first >= one.what.begin) {
      if (count == most_senders) {
        refuse(one.line, "more than {} enq overlap", most_senders);
      }
      one.what.handle = count++;
    } else {
      one.what.handle = senders.top().second;
      senders.pop();
    }
    one.what.thread = one.what.handle;
    senders.emplace(one.what.end, one.what.handle);
  }
  count = std::max(count, 1U);
  for (listed& one : all) {
    one.what.thread = is_send(one.what.kind) ? one.what.thread : count;
  }
  return count;
}

history polylin_history(characters& file) {
  std::string row;
  if (!next_row(file, row)) {
    refuse(1, "the file is empty: its first line has to be `# queue`");
  }
  if (const auto words = words_of(row);
      words != std::vector<std::string_view>{"#", "queue"} && words != std::vector<std::string_view>{"#queue"}) {
    refuse(1, "the first line has to be `# queue`");
  }
  std::vector<listed> all;
  for (std::size_t line = file.line(); next_row(file, row); line = file.line()) {
    if (const auto words = words_of(row); !words.empty() && !words[0].starts_with('#')) {
      all.push_back({.what = polylin_operation(line, words), .line = line});
    }
  }
  sort_by_begin(all);
  if (some_end_is_a_begin(all | std::views::transform(&listed::what))) {
    for (listed& one : all) {
      if (one.what.end > latest_stamp / 2) {
        refuse(one.line, "the operation ends at {}, and where a start is an end, as here, the latest is {}",
               one.what.end, latest_stamp / 2);
      }
      one.what.begin = 2 * one.what.begin + 1;
      one.what.end = 2 * one.what.end;
    }
  }
  const std::uint32_t senders = assign_threads(all);
  return history_of(all, senders);
}

// What PolyLin's rows cannot say besides. `ties`: the operations that overlap only because a begin is an end.
std::optional<std::string> not_for_polylin(const history& h, bool ties) {
  std::unordered_map<std::uint32_t, std::uint64_t> free;
  std::uint64_t receiver_free = operation::never;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& o = h.operations[i];
    if (o.result == outcome::ok && o.value > largest_in_polylin) {
      return fmt::format("{} has the value {}, and PolyLin's largest is {}", name_of(i, o), o.value,
                         largest_in_polylin);
    }
    if (!ties) {
      continue;
    }
    if (2 * o.end + 1 > latest_stamp) {
      return fmt::format("{} ends at {}, which cannot be doubled, and times that are begins and ends have to be",
                         name_of(i, o), o.end);
    }
    std::uint64_t& thread_free = free.try_emplace(o.thread, operation::never).first->second;
    if (o.begin == thread_free || (is_recv(o.kind) && o.begin == receiver_free)) {
      return fmt::format("{} begins at {}, when the one before it ended: equal times overlap for others, too",
                         name_of(i, o), o.begin);
    }
    thread_free = o.end;
    receiver_free = is_recv(o.kind) ? o.end : receiver_free;
  }
  return std::nullopt;
}

}  // namespace

std::expected<history, read_error> read_polylin(std::istream& in) { return read_from<polylin_history>(in); }

std::expected<void, std::string> write_polylin(std::ostream& out, const history& h) {
  if (auto why_not = not_for_a_list(h)) {
    return std::unexpected(*std::move(why_not));
  }
  const bool ties = some_end_is_a_begin(h.operations);
  if (auto why_not = not_for_polylin(h, ties)) {
    return std::unexpected(*std::move(why_not));
  }
  const std::uint64_t times = ties ? 2 : 1;
  fmt::memory_buffer row;
  out << "# queue\n";
  for (const operation& o : h.operations) {
    row.clear();
    fmt::format_to(std::back_inserter(row), "{} ", is_send(o.kind) ? "enq" : "deq");
    if (o.result == outcome::empty) {
      fmt::format_to(std::back_inserter(row), "-1 ");
    } else {
      fmt::format_to(std::back_inserter(row), "{} ", o.value);
    }
    fmt::format_to(std::back_inserter(row), "{} {}\n", times * o.begin, times * o.end + (ties ? 1 : 0));
    out.write(row.data(), static_cast<std::streamsize>(row.size()));
  }
  return {};
}

}  // namespace plumbline::oracle

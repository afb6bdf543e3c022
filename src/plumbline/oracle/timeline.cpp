#include "plumbline/oracle/timeline.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <ranges>
#include <set>
#include <string_view>
#include <vector>

#include "plumbline/oracle/explain.hpp"

namespace plumbline::oracle {
namespace {

// A bar is its two ends, a line between them, and in the middle of it the label.
struct strokes {
  const char* begin;
  const char* line;
  const char* end;
  const char* open;   // instead of the line, behind the label of what is pending or goes on in the next picture
  const char* touch;  // an end and the next begin in one column
};
constexpr strokes light = {"├", "─", "┤", "╌", "┼"};
constexpr strokes heavy = {"┣", "━", "┫", "╍", "╋"};
constexpr strokes ascii_light = {"|", "-", "|", ".", "|"};
constexpr strokes ascii_heavy = {"[", "=", "]", ":", "|"};

std::size_t columns(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct bar {
  std::size_t row;
  std::size_t first;  // stamps, by rank
  std::size_t last;   // one more than the last rank if pending
  bool pending;
  bool marked;
  std::string label;

  std::size_t least_width() const { return columns(label) + (pending ? 6 : 4); }
};

// A character of the picture; empty is a blank.
struct cell {
  std::string text = {};
  bool marked = false;
};

class picture {
 public:
  picture(const history& h, std::span<const std::size_t> marked, const timeline_style& style) : style_(style) {
    name_rows(h);
    for (std::size_t i = 0; i < h.operations.size(); ++i) {
      const operation& o = h.operations[i];
      const row& where = rows_.at(row_of_.at(o.thread));
      std::string text = label(o, style.unicode ? "→" : "->", "");
      if (where.several_handles && is_send(o.kind)) {
        text = fmt::format("tx{}.{}", o.handle, text);  // the row does not say which
      }
      bars_.push_back({.row = row_of_.at(o.thread),
                       .first = 0,
                       .last = 0,
                       .pending = o.end == operation::never,
                       .marked = std::ranges::find(marked, i) != marked.end(),
                       .label = std::move(text)});
    }
    rank_stamps(h);
  }

  std::string draw() {
    std::string text;
    // Some air between the stamps, if then still everything fits in one part.
    for (gap_ = 3; gap_ > 1 && places(0, ranks_).back() >= room(); --gap_) {
    }
    for (std::size_t from = 0; from < ranks_;) {
      const std::size_t to = fitting(from);
      if (from > 0) {
        text += '\n';
      }
      draw_part(from, to, text);
      from = to;
    }
    return text;
  }

 private:
  struct row {
    std::string head;
    bool several_handles = false;
  };

  // Different stamps have different ranks; where an operation takes no time, its end ranks after its begin.
  void rank_stamps(const history& h) {
    std::uint64_t now = operation::never;
    for (const event& e : events_of(h)) {
      const operation& o = h.operations[e.operation];
      bar& b = bars_[e.operation];
      const std::uint64_t stamp = e.is_end ? o.end : o.begin;
      if (stamp != now || (e.is_end && b.first == ranks_ - 1)) {
        ++ranks_;
      }
      now = stamp;
      (e.is_end ? b.last : b.first) = ranks_ - 1;
    }
    for (bar& b : bars_) {
      b.last = b.pending ? ranks_ : b.last;
    }
  }

  // Threads of senders first, by their numbers; whoever receives comes last.
  void name_rows(const history& h) {
    struct user {
      std::set<std::uint32_t> handles = {};
      bool receives = false;
    };
    std::map<std::uint32_t, user> threads;
    std::map<std::uint32_t, std::set<std::uint32_t>> threads_of_handle;
    std::size_t receivers = 0;
    for (const operation& o : h.operations) {
      user& u = threads[o.thread];
      if (is_receiver_operation(o.kind)) {
        receivers += u.receives ? 0 : 1;
        u.receives = true;
      } else {
        u.handles.insert(o.handle);
        threads_of_handle[o.handle].insert(o.thread);
      }
    }
    for (const bool receiving : {false, true}) {
      for (const auto& [thread, u] : threads) {
        if (u.receives != receiving) {
          continue;
        }
        row_of_[thread] = rows_.size();
        const bool alone = u.receives ? receivers == 1 : threads_of_handle[*u.handles.begin()].size() == 1;
        std::string head = fmt::format("thread {}", thread);
        if (u.receives && u.handles.empty()) {
          head = alone ? "receiver" : fmt::format("receiver, thread {}", thread);
        } else if (!u.receives && u.handles.size() == 1) {
          head = fmt::format(fmt::runtime(alone ? "sender {}" : "sender {}, thread {}"), *u.handles.begin(), thread);
        }
        head_width_ = std::max(head_width_, head.size());
        rows_.push_back({.head = std::move(head), .several_handles = u.handles.size() > 1});
      }
    }
  }

  std::size_t room() const {
    const std::size_t all = std::max<std::size_t>(style_.width, 40);
    return all - std::min(all - 20, head_width_ + 2);
  }

  // Where the stamps from … to-1 go, the earliest place each where the labels of the bars that end there fit; and the
  // place behind the last, up to which bars go on that end later.
  std::vector<std::size_t> places(std::size_t from, std::size_t to) const {
    std::vector<std::size_t> at;
    for (std::size_t rank = from; rank <= to; ++rank) {
      std::size_t place = at.empty() ? 0 : at.back() + (rank == to ? 0 : gap_);
      for (const bar& b : bars_) {
        const bool shown = b.first < to && b.last >= from;
        const bool stops_here = rank < to ? b.last == rank : b.last >= to;
        if (shown && stops_here) {
          const std::size_t start = b.first < from ? 0 : at[b.first - from];
          place = std::max(place, start + b.least_width() - 1);
        }
      }
      at.push_back(place);
    }
    return at;
  }

  // As many stamps as the width allows, and at least one. A part does not end in between a begin and the next stamp if
  // it can be helped: nothing would be seen of that bar but its beginning.
  std::size_t fitting(std::size_t from) const {
    std::size_t to = from + 1;
    while (to < ranks_ && places(from, to + 1).back() < room()) {
      ++to;
    }
    return to;
  }

  void draw_part(std::size_t from, std::size_t to, std::string& text) const {
    const std::vector<std::size_t> at = places(from, to);
    std::vector<std::vector<cell>> canvas(rows_.size(), std::vector<cell>(std::max(at.back() + 1, room())));
    for (const bar& b : bars_) {
      if (b.first < to && b.last >= from) {
        const std::size_t start = b.first < from ? 0 : at[b.first - from];
        const std::size_t stop = b.last < to ? at[b.last - from] : at.back();
        draw_bar(b, b.first >= from, b.last < to, start, stop, canvas[b.row]);
      }
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      write_row(rows_[r].head, canvas[r], text);
    }
  }

  void draw_bar(const bar& b, bool begins, bool ends, std::size_t start, std::size_t stop,
                std::vector<cell>& row_cells) const {
    const strokes& s = style_.unicode ? (b.marked ? heavy : light) : (b.marked ? ascii_heavy : ascii_light);
    const bool touches = !row_cells[start].text.empty();
    for (std::size_t x = start; x <= stop; ++x) {
      const bool before_label = x < start + (stop - start + 1 - columns(b.label)) / 2;
      row_cells[x] = {(before_label ? begins : ends) ? s.line : s.open, b.marked || row_cells[x].marked};
    }
    if (begins) {
      row_cells[start].text = touches ? s.touch : s.begin;
    }
    if (ends) {
      row_cells[stop].text = s.end;
    }
    std::size_t x = start + (stop - start + 1 - columns(b.label)) / 2 - 1;
    row_cells[x++].text = " ";
    for (std::size_t i = 0; i < b.label.size();) {
      std::size_t length = 1;
      while (i + length < b.label.size() && (static_cast<unsigned char>(b.label[i + length]) & 0xC0) == 0x80) {
        ++length;
      }
      row_cells[x++].text = b.label.substr(i, length);
      i += length;
    }
    row_cells[x].text = " ";
  }

  void write_row(const std::string& head, const std::vector<cell>& cells, std::string& text) const {
    std::size_t used = cells.size();
    while (used > 0 && cells[used - 1].text.empty()) {
      --used;
    }
    if (used == 0) {
      return;
    }
    text += fmt::format("{:>{}}  ", head, head_width_);
    bool bold = false;
    for (std::size_t x = 0; x < used; ++x) {
      const bool wanted = style_.color && cells[x].marked;
      if (wanted != bold) {
        text += wanted ? "\x1b[1;31m" : "\x1b[0m";
        bold = wanted;
      }
      text += cells[x].text.empty() ? " " : cells[x].text;
    }
    text += bold ? "\x1b[0m\n" : "\n";
  }

  const timeline_style style_;
  std::vector<row> rows_;
  std::map<std::uint32_t, std::size_t> row_of_;
  std::size_t head_width_ = 0;
  std::vector<bar> bars_;
  std::size_t ranks_ = 0;
  std::size_t gap_ = 1;  // columns from one stamp to the next, at least
};

bool locale_is_utf8() {
  for (const char* const variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(variable);
    if (value != nullptr && *value != '\0') {
      std::string lower(value);
      std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    }
  }
  return false;
}

}  // namespace

std::string timeline(const history& h, std::span<const std::size_t> marked, const timeline_style& style) {
  if (h.operations.size() > most_drawn) {
    return fmt::format("({} operations are too many for a picture, which takes {})\n", h.operations.size(), most_drawn);
  }
  return picture(h, marked, style).draw();
}

timeline_style style_for(int file_descriptor) {
  timeline_style style{.width = 80, .unicode = locale_is_utf8(), .color = false};
  if (isatty(file_descriptor) != 0) {
    winsize window{};
    if (ioctl(file_descriptor, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
      style.width = window.ws_col;
    }
    const char* const no_color = std::getenv("NO_COLOR");
    style.color = no_color == nullptr || *no_color == '\0';
  }
  return style;
}

}  // namespace plumbline::oracle

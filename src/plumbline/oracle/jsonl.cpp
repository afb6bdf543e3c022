#include "plumbline/oracle/jsonl.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <istream>
#include <limits>
#include <new>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace plumbline::oracle {
namespace {

struct bad_line {
  std::string reason;
};

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  throw bad_line{fmt::format(text, std::forward<Args>(args)...)};
}

// The enumerations of history.hpp by their words. (Those of contract.hpp have from_string.)
template <class Enum, std::size_t N>
std::optional<Enum> by_word(const std::array<Enum, N>& all, std::string_view word) {
  const auto found = std::ranges::find(all, word, [](Enum e) { return to_string(e); });
  return found == all.end() ? std::nullopt : std::optional(*found);
}
constexpr std::array operation_kinds = {
    operation_kind::send,  operation_kind::try_send,    operation_kind::send_for,
    operation_kind::recv,  operation_kind::try_recv,    operation_kind::recv_for,
    operation_kind::clone, operation_kind::drop_sender, operation_kind::drop_receiver};
constexpr std::array errors = {outcome::full, outcome::empty, outcome::timeout, outcome::disconnected};

template <class Enums>
std::string words(Enums all) {
  return fmt::format("{}", fmt::join(all | std::views::transform([](auto e) { return to_string(e); }), ", "));
}

// JSON leaves open which of two is meant.
void refuse_doubled_keys(const simdjson::dom::object& members) {
  std::vector<std::string_view> keys;
  for (const auto [key, value] : members) {
    keys.push_back(key);
  }
  std::ranges::sort(keys);
  if (const auto doubled = std::ranges::adjacent_find(keys); doubled != keys.end()) {
    fail("\"{}\" occurs twice in one object", *doubled);
  }
}

// One line, an object, and its members.
class line_object {
 public:
  explicit line_object(simdjson::dom::object object) : object_(object) {}

  bool has(const char* key) const { return object_.at_key(key).error() == simdjson::SUCCESS; }

  std::string_view word(const char* key) const {
    std::string_view value;
    if (find(key).get(value) != simdjson::SUCCESS) {
      fail("\"{}\" has to be a string", key);
    }
    return value;
  }

  std::uint64_t number(const char* key, std::uint64_t most = operation::never - 1) const {
    std::uint64_t value = 0;
    if (find(key).get(value) != simdjson::SUCCESS || value > most) {
      fail("\"{}\" has to be an integer from 0 to {}", key, most);
    }
    return value;
  }

  std::uint32_t small(const char* key) const {
    return static_cast<std::uint32_t>(number(key, std::numeric_limits<std::uint32_t>::max()));
  }

  simdjson::dom::element find(const char* key) const {
    simdjson::dom::element value;
    if (object_.at_key(key).get(value) != simdjson::SUCCESS) {
      fail("\"{}\" is missing", key);
    }
    ++found_;
    return value;
  }

  // Most lines need no look: they have as many members as were asked for, once.
  void refuse_doubled_keys(bool look) const {
    if (look || object_.size() != found_) {
      oracle::refuse_doubled_keys(object_);
    }
  }

 private:
  simdjson::dom::object object_;
  mutable std::size_t found_ = 0;
};

// Takes the lines one after another, tells what they say, and says of the first that does not fit why it does not.
class reader {
 public:
  explicit reader(event_sink& to) : to_(to) {}

  void take(const line_object& line) {
    if (!header_seen_) {
      line.refuse_doubled_keys(true);
      return take_header(line);
    }
    if (quiescent_) {
      fail("there is another event after the end (\"quiescent\")");
    }
    const std::string_view type = line.word("type");
    if (type == "info" && line.word("f") == "quiescent") {
      quiescent_ = true;
      to_.quiescent();
    } else if (type == "invoke") {
      take_invoke(line);
    } else if (type == "ok" || type == "fail" || type == "info") {
      take_completion(line, type);
    } else {
      fail("\"type\" is \"{}\": it has to be invoke, ok, fail or info", type);
    }
    line.refuse_doubled_keys(type == "info");  // where "f" is asked for twice
  }

  void finish() const {
    if (!header_seen_) {
      fail("the file is empty: its first line has to be the header, {{\"plumbline\":{},…}}", jsonl_version);
    }
  }

 private:
  struct process {
    std::optional<operation> open = {};
    bool given_up = false;  // by an info: that operation never ends
  };
  struct handle {
    std::size_t open = 0;  // operations on it
    bool dropped = false;
  };

  void take_header(const line_object& line) {
    if (!line.has("plumbline")) {
      fail("the first line has to be the header, {{\"plumbline\":{},…}}", jsonl_version);
    }
    if (const std::uint64_t version = line.number("plumbline"); version != jsonl_version) {
      fail("the file is of version {}, and this program reads version {}", version, jsonl_version);
    }
    history header;
    if (!line.find("capacity").is_null()) {
      header.capacity = line.number("capacity");
    }
    header.senders = senders_ = line.has("senders") ? line.small("senders") : 1;
    if (senders_ < 1 || senders_ > most_senders) {
      fail("\"senders\" has to be from 1 to {}", most_senders);
    }
    for (std::uint32_t i = 0; i < senders_; ++i) {
      handles_.emplace(i, handle{});
    }
    if (line.has("contract")) {
      simdjson::dom::object dimensions;
      if (line.find("contract").get(dimensions) != simdjson::SUCCESS) {
        fail("\"contract\" has to be an object");
      }
      refuse_doubled_keys(dimensions);
      for (const auto [dimension, value] : dimensions) {
        std::string_view word;
        if (value.get(word) != simdjson::SUCCESS) {
          fail("the contract's {} has to be a string", dimension);
        }
        if (const auto wrong = amend(header.promised, dimension, word)) {
          fail("{}", *wrong);
        }
      }
    }
    header_seen_ = true;
    to_.header(header);
  }

  std::uint64_t time_of(const line_object& line) {
    const std::uint64_t time = line.number("time");
    if (time < last_time_) {
      fail("time goes backwards: {} after {}", time, last_time_);
    }
    last_time_ = time;
    return time;
  }

  static operation_kind kind_of(const line_object& line) {
    const std::string_view f = line.word("f");
    const auto kind = by_word(operation_kinds, f);
    if (!kind) {
      fail("\"f\" is \"{}\": it has to be one of {}", f, words(operation_kinds));
    }
    return *kind;
  }

  void take_invoke(const line_object& line) {
    operation o{.thread = line.small("process"), .kind = kind_of(line), .begin = time_of(line)};
    process& caller = processes_[o.thread];
    if (caller.given_up) {
      fail("process {} invokes {}, but an operation of it has ended with info, so it has to be silent", o.thread,
           to_string(o.kind));
    }
    if (caller.open) {
      fail("process {} invokes {} while its {} is open", o.thread, to_string(o.kind), to_string(caller.open->kind));
    }
    if (is_receiver_operation(o.kind)) {
      begin_on_receiver(o);
    } else {
      o.handle = line.small("handle");
      begin_on_sender(o, line);
    }
    caller.open = o;
    to_.begin(o);
  }

  void begin_on_receiver(const operation& o) {
    if (receiver_dropped_) {
      fail("{} uses the receiver after its drop has begun", to_string(o.kind));
    }
    if (receiver_busy_) {
      fail("{} begins while another operation of the receiver is open: there is one receiver, used by one at a time",
           to_string(o.kind));
    }
    receiver_busy_ = true;
    receiver_dropped_ = o.kind == operation_kind::drop_receiver;
  }

  void begin_on_sender(operation& o, const line_object& line) {
    const auto found = handles_.find(o.handle);
    if (found == handles_.end()) {
      fail("handle {} is unknown: the header's \"senders\" are 0 to {}, and no clone that has ended made it", o.handle,
           senders_ - 1);
    }
    if (found->second.dropped) {
      fail("{} uses handle {} after its drop has begun", to_string(o.kind), o.handle);
    }
    if (o.kind == operation_kind::drop_sender) {
      if (found->second.open > 0) {
        fail("handle {} is dropped while another operation on it is open", o.handle);
      }
      found->second.dropped = true;
    }
    ++found->second.open;
    if (is_send(o.kind)) {
      o.value = line.number("value");
    }
  }

  void take_completion(const line_object& line, std::string_view type) {
    const std::uint32_t thread = line.small("process");
    process& caller = processes_[thread];
    if (!caller.open) {
      fail("process {} ends an operation that it has not begun", thread);
    }
    operation o = *caller.open;
    if (const operation_kind kind = kind_of(line); kind != o.kind) {
      fail("process {} ends a {}, but what it has begun is a {}", thread, to_string(kind), to_string(o.kind));
    }
    const std::uint64_t end = time_of(line);
    caller.open.reset();
    if (type == "info") {
      caller.given_up = true;
      return;  // still pending: the receiver, or the handle, is not free either
    }
    o.end = end;
    o.result = outcome::ok;
    if (type == "fail") {
      const std::string_view error = line.word("error");
      const auto known = by_word(errors, error);
      if (!known || !can_end_with(o.kind, *known)) {
        auto possible = errors | std::views::filter([&](outcome e) { return can_end_with(o.kind, e); });
        if (possible.empty()) {
          fail("{} cannot fail", to_string(o.kind));
        }
        fail("\"error\" is \"{}\": {} can fail with {}", error, to_string(o.kind), words(possible));
      }
      o.result = *known;
    }
    if (is_receiver_operation(o.kind)) {
      receiver_busy_ = false;
    } else {
      --handles_.at(o.handle).open;
    }
    take_value(o, line);
    to_.end(o);
  }

  void take_value(operation& o, const line_object& line) {
    if (is_recv(o.kind) && o.result == outcome::ok) {
      o.value = line.number("value");
    } else if (o.kind == operation_kind::clone) {
      const std::uint32_t made = line.small("value");
      if (!handles_.emplace(made, handle{}).second) {
        fail("clone makes handle {}, which exists already", made);
      }
      o.value = made;
    } else if (is_send(o.kind) && line.has("value") && line.number("value") != o.value) {
      fail("{} ends with another value than it has begun with, {}", to_string(o.kind), o.value);
    }
  }

  static constexpr std::uint32_t most_senders = 1'000'000;

  event_sink& to_;
  bool header_seen_ = false;
  bool quiescent_ = false;
  std::uint32_t senders_ = 0;
  std::uint64_t last_time_ = 0;
  std::unordered_map<std::uint32_t, process> processes_;
  std::unordered_map<std::uint32_t, handle> handles_;
  bool receiver_busy_ = false;
  bool receiver_dropped_ = false;
};

// Lists the operations. What the reader need not remember for itself is left to be looked at here: that values differ.
class listing final : public event_sink {
 public:
  void header(const history& empty) override { made_ = empty; }
  void begin(const operation& o) override {
    if (is_send(o.kind) && !values_.insert(o.value).second) {
      throw std::invalid_argument(fmt::format("the value {} is sent a second time: values have to differ", o.value));
    }
    open_[o.thread] = made_.operations.size();
    made_.operations.push_back(o);
  }
  void end(const operation& o) override { made_.operations[open_[o.thread]] = o; }
  void quiescent() override { made_.quiescent = true; }

  history take() { return std::move(made_); }

 private:
  history made_;
  std::unordered_map<std::uint32_t, std::size_t> open_;  // the operation of each thread that began last
  std::unordered_set<std::uint64_t> values_;
};

// A reason may quote the file, in which anything may stand.
std::string one_line(std::string reason) {
  constexpr std::size_t longest = 400;
  std::ranges::replace_if(reason, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  if (reason.size() > longest) {
    std::size_t end = longest;
    while ((static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U) {
      --end;  // not in the middle of a character
    }
    reason = reason.substr(0, end) + "…";
  }
  return reason;
}

constexpr std::size_t longest_line = 65'536;

// Reads up to the end of a line, which is not kept. False if there is nothing more.
bool next_line(std::istream& in, std::vector<char>& buffer, std::string_view& line) {
  in.getline(buffer.data(), longest_line + 1);
  const auto length = static_cast<std::size_t>(in.gcount());
  if (in.fail() && !in.eof() && length == longest_line) {
    fail("the line is longer than {} bytes", longest_line);
  }
  if (in.bad()) {
    fail("the file cannot be read");
  }
  if (in.fail()) {
    return false;
  }
  line = {buffer.data(), in.eof() ? length : length - 1};
  return true;
}

}  // namespace

std::expected<void, read_error> read_jsonl(std::istream& in, event_sink& to) {
  simdjson::dom::parser parser;
  std::vector<char> buffer(longest_line + 1 + simdjson::SIMDJSON_PADDING);
  reader reading(to);
  std::size_t number = 1;
  try {
    for (std::string_view line; to.wants_more() && next_line(in, buffer, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
        continue;
      }
      simdjson::dom::object object;
      if (const auto error = parser.parse(line.data(), line.size(), false).get(object); error != simdjson::SUCCESS) {
        if (in.eof()) {
          fail("the last line is cut off, or is no JSON: {}", simdjson::error_message(error));
        }
        fail("this is no JSON object: {}", simdjson::error_message(error));
      }
      reading.take(line_object(object));
    }
    reading.finish();
    return {};
  } catch (const bad_line& bad) {
    return std::unexpected(read_error{.line = number, .reason = one_line(bad.reason)});
  } catch (const std::invalid_argument& refused) {
    return std::unexpected(read_error{.line = number, .reason = one_line(refused.what())});
  } catch (const std::bad_alloc&) {
    return std::unexpected(read_error{.line = number, .reason = "there is no memory left for what follows"});
  }
}

std::expected<history, read_error> read_jsonl(std::istream& in) {
  listing all;
  if (const auto read = read_jsonl(in, all); !read) {
    return std::unexpected(read.error());
  }
  return all.take();
}

}  // namespace plumbline::oracle

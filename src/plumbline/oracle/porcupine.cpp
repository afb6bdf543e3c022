#include <simdjson.h>

#include <array>
#include <initializer_list>
#include <limits>
#include <map>
#include <ostream>
#include <string_view>

#include "plumbline/oracle/listed.hpp"
#include "plumbline/oracle/operation_list.hpp"

namespace plumbline::oracle {
namespace {

using namespace operation_list;

// The next object of the list, as text, and its line; false if the list is empty.
bool next_object(characters& file, bool is_first, std::string& text, std::size_t& line) {
  const int first = file.next_but_space();
  line = file.line();
  if (first == characters::none) {
    refuse(line, "the list is cut off: there is no ]");
  }
  if (first == ']' && is_first) {
    return false;
  }
  if (first != '{') {
    refuse(line, "an operation has to be a JSON object, {{\"ClientId\":…}}");
  }
  text = '{';
  std::size_t depth = 1;
  bool in_string = false;
  while (depth > 0) {
    const int c = file.next();
    if (c == characters::none) {
      refuse(line, "the last operation is cut off");
    }
    if (text.size() == longest_piece) {
      refuse(line, "the operation is longer than {} bytes", longest_piece);
    }
    text.push_back(static_cast<char>(c));
    if (in_string && c == '\\' && file.peek() != characters::none && file.peek() != '\n') {
      text.push_back(static_cast<char>(file.next()));
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      depth += c == '{' ? 1U : 0U;
      depth -= c == '}' ? 1U : 0U;
    }
  }
  return true;
}

// A member, or a member of a member: {"Input", "op"}.
class member {
 public:
  member(std::size_t line, simdjson::dom::element of, std::initializer_list<const char*> path) : line_(line) {
    for (const char* key : path) {
      name_ += (name_.empty() ? "" : ".") + std::string(key);
      if (of.at_key(key).get(of) != simdjson::SUCCESS) {
        refuse(line, "\"{}\" is missing", name_);
      }
    }
    value_ = of;
  }

  std::uint64_t number(std::uint64_t most) const {
    std::uint64_t number = 0;
    if (value_.get(number) != simdjson::SUCCESS || number > most) {
      refuse(line_, "\"{}\" has to be an integer from 0 to {}", name_, most);
    }
    return number;
  }

  // That word of `words` which it is.
  template <class Enum, std::size_t N>
  Enum one_of(const std::array<Enum, N>& words) const {
    std::string_view word;
    const bool is_word = value_.get(word) == simdjson::SUCCESS;
    const auto found = std::ranges::find(words, word, [](Enum e) { return to_string(e); });
    if (!is_word || found == words.end()) {
      std::string all;
      for (const Enum e : words) {
        all += (all.empty() ? "" : ", ") + std::string(to_string(e));
      }
      refuse(line_, "\"{}\" has to be one of {}", name_, all);
    }
    return *found;
  }

 private:
  std::size_t line_;
  std::string name_;
  simdjson::dom::element value_;
};

operation porcupine_operation(std::size_t line, simdjson::dom::element said) {
  constexpr std::array kinds = {operation_kind::send, operation_kind::try_send, operation_kind::send_for,
                                operation_kind::recv, operation_kind::try_recv, operation_kind::recv_for};
  constexpr std::array results = {outcome::ok, outcome::empty};
  const auto at = [&](auto... keys) { return member(line, said, {keys...}); };
  operation o{.kind = at("Input", "op").one_of(kinds), .result = at("Output", "result").one_of(results)};
  if (!can_end_with(o.kind, o.result)) {
    refuse(line, "{} cannot end with `{}`", to_string(o.kind), to_string(o.result));
  }
  o.thread = static_cast<std::uint32_t>(at("ClientId").number(std::numeric_limits<std::uint32_t>::max()));
  if (is_send(o.kind)) {
    o.value = at("Input", "value").number(operation::never - 1);
  } else if (o.result == outcome::ok) {
    o.value = at("Output", "value").number(operation::never - 1);
  }
  o.begin = at("Call").number(latest_stamp);
  o.end = at("Return").number(latest_stamp);
  if (o.end < o.begin) {
    refuse(line, "the operation returns at {}, before its call at {}", o.end, o.begin);
  }
  return o;
}

history porcupine_history(characters& file) {
  if (file.next_but_space() != '[') {
    refuse(1, "the file has to be a JSON list of operations, [{{\"ClientId\":…}},…]");
  }
  std::vector<listed> all;
  simdjson::dom::parser parser;
  std::string text;
  text.reserve(longest_piece + 1 + simdjson::SIMDJSON_PADDING);
  for (std::size_t line = 1; next_object(file, all.empty(), text, line);) {
    simdjson::dom::element said;
    if (const auto error = parser.parse(text.data(), text.size(), false).get(said); error != simdjson::SUCCESS) {
      refuse(line, "this is no JSON object: {}", simdjson::error_message(error));
    }
    all.push_back({.what = porcupine_operation(line, said), .line = line});
    const int after = file.next_but_space();
    if (after == ']') {
      break;
    }
    if (after != ',') {
      refuse(file.line(), "the list is cut off, or there is no comma after an operation");
    }
  }
  if (file.next_but_space() != characters::none) {
    refuse(file.line(), "there is something after the list's ]");
  }
  sort_by_begin(all);
  std::map<std::uint32_t, std::uint32_t> handles;  // thread -> the sender it uses
  for (const listed& one : all) {
    if (is_send(one.what.kind)) {
      handles.emplace(one.what.thread, 0);
    }
  }
  std::uint32_t count = 0;
  for (auto& [thread, handle] : handles) {
    handle = count++;
  }
  if (count > most_senders) {
    refuse(1, "{} clients send, and there can be {} senders", count, most_senders);
  }
  for (listed& one : all) {
    one.what.handle = is_send(one.what.kind) ? handles.at(one.what.thread) : 0;
  }
  return history_of(all, std::max(count, 1U));
}

}  // namespace

std::expected<history, read_error> read_porcupine(std::istream& in) { return read_from<porcupine_history>(in); }

std::expected<void, std::string> write_porcupine(std::ostream& out, const history& h) {
  if (auto why_not = not_for_a_list(h)) {
    return std::unexpected(*std::move(why_not));
  }
  const auto value = [](bool has_one, std::uint64_t v) { return has_one ? fmt::format(R"(,"value":{})", v) : ""; };
  out << '[';
  const char* before = "\n";
  for (const operation& o : h.operations) {
    out << std::exchange(before, ",\n")
        << fmt::format(
               R"({{"ClientId":{},"Input":{{"op":"{}"{}}},"Call":{},"Output":{{"result":"{}"{}}},"Return":{}}})",
               o.thread, to_string(o.kind), value(is_send(o.kind), o.value), o.begin, to_string(o.result),
               value(o.result == outcome::ok, o.value), o.end);
  }
  out << "\n]\n";
  return {};
}

}  // namespace plumbline::oracle

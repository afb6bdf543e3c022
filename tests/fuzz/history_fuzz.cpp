// libFuzzer: hostile history files. Whatever the bytes are, they are a history or they are refused with a line and a
// reason; and what is a history is written and read back the same, is judged by the checker, and small ones by the
// search, which agrees. Bytes that begin with `p` or `q` are, after it, a list of Porcupine's or PolyLin's. libFuzzer
// itself notices crashes, hangs (-timeout) and memory (-rss_limit_mb). docs/history-format.md.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/operation_list.hpp"
#include "plumbline/oracle/stream_sink.hpp"
#include "plumbline/oracle/tlc.hpp"

namespace {

using namespace plumbline::oracle;

void require(bool true_of_it, const char* what) {
  if (!true_of_it) {
    std::fprintf(stderr, "not true of this file: %s\n", what);
    std::abort();
  }
}

using reader = std::expected<history, read_error> (*)(std::istream&);
using writer = std::expected<void, std::string> (*)(std::ostream&, const history&);

std::expected<void, std::string> jsonl(std::ostream& out, const history& h) {
  write_jsonl(out, h);
  return {};
}

struct format {
  reader read;
  writer write;
};

format format_of(char first) {
  switch (first) {
    case 'p':
      return {.read = read_porcupine, .write = write_porcupine};
    case 'q':
      return {.read = read_polylin, .write = write_polylin};
    default:
      return {.read = read_jsonl, .write = jsonl};
  }
}

// None if the format cannot say it.
std::optional<std::string> written(writer write, const history& h) {
  std::ostringstream out;
  return write(out, h) ? std::optional(std::move(out).str()) : std::nullopt;
}

// What the format says of the history means the same when it is read back.
void require_same_when_read_back(format f, const history& h, const char* what) {
  if (const auto text = written(f.write, h)) {
    std::istringstream again(*text);
    const auto same = f.read(again);
    require(same && written(f.write, *same) == *text && check(*same).what == check(h).what, what);
  }
}

// Broken on purpose in a second program, which has to fail.
judgement judged(const history& h) {
#ifdef PLUMBLINE_FUZZ_BLIND
  return h.operations.empty() ? check(h).what : judgement::conforms;
#else
  return check(h).what;
#endif
}

// Operations whose order in their thread the search takes from the list, and the checker from the stamps.
bool has_equal_stamps(const history& h) {
  for (const operation& a : h.operations) {
    for (const operation& b : h.operations) {
      if (a.end == b.begin && a.end != operation::never) {
        return true;
      }
    }
  }
  return false;
}

// Whatever the file says, it can be decided while it is read; and if it can be read as a whole, so is it then.
void decide_as_a_stream(const std::string& text, const std::expected<history, read_error>& whole) {
  std::istringstream file(text);
  stream_sink watched;
  const auto read = read_jsonl(file, watched);
  require(!whole || read, "what can be read as a whole can be read as a stream");
  if (read && whole) {
    const verdict said = watched.finish();
    require(!said.complete || has_equal_stamps(*whole) || said.what == check(*whole).what,
            "the stream and the checker agree");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const char first = size > 0 ? static_cast<char>(data[0]) : ' ';
  const bool is_list = first == 'p' || first == 'q';
  const std::string text = std::string(reinterpret_cast<const char*>(data), size).substr(is_list ? 1 : 0);
  std::istringstream file(text);
  const auto read = format_of(first).read(file);
  if (!is_list) {
    decide_as_a_stream(text, read);
  }
  if (!read) {
    require(read.error().line > 0, "a refusal names a line");
    require(!read.error().reason.empty() && read.error().reason.find('\n') == std::string::npos,
            "a refusal has one line of reason");
    return 0;
  }
  const history& h = *read;
  require(malformed(h).empty(), "what is read is well-formed");
  require(written(jsonl, h) && (!is_list || written(format_of(first).write, h)), "what is read can be written");
  require_same_when_read_back(format_of(' '), h, "what is written is read back the same");
  require_same_when_read_back(format_of('p'), h, "as a list of Porcupine's it is the same");
  require_same_when_read_back(format_of('q'), h, "as a list of PolyLin's it is the same");
  const judgement said = judged(h);
  if (h.operations.size() <= 12 && !has_equal_stamps(h)) {
    const judgement tried = linearize(h, rule_set::all(), {.operations = 12, .states = 20'000});
    const bool breach_is_real = said != judgement::violates || tried != judgement::conforms;
    const bool breach_is_found = tried != judgement::violates || said == judgement::violates || !check(h).complete;
    require(breach_is_real && breach_is_found, "the checker and the search agree");
  }
  if (const auto trace = to_tlc(h)) {
    require(!to_json(*trace, "a history").empty(), "it can be exported");
  }
  return 0;
}

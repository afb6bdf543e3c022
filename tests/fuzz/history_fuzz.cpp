// libFuzzer: hostile history files. Whatever the bytes are, they are a history or they are refused with a line and a
// reason; and what is a history is written and read back the same, is judged by the checker, and small ones by the
// search, which agrees. libFuzzer itself notices crashes, hangs (-timeout) and memory (-rss_limit_mb).
// docs/history-format.md.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <sstream>
#include <string>

#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/linearize.hpp"
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

std::string written(const history& h) {
  std::ostringstream out;
  write_jsonl(out, h);
  return out.str();
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
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::istringstream file(text);
  const auto read = read_jsonl(file);
  decide_as_a_stream(text, read);
  if (!read) {
    require(read.error().line > 0, "a refusal names a line");
    require(!read.error().reason.empty() && read.error().reason.find('\n') == std::string::npos,
            "a refusal has one line of reason");
    return 0;
  }
  const history& h = *read;
  require(malformed(h).empty(), "what is read is well-formed");
  std::istringstream again(written(h));
  const auto same = read_jsonl(again);
  require(same && written(*same) == written(h), "what is written is read back the same");
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

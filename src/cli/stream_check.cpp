#include "cli/stream_check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <istream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/history_file.hpp"
#include "plumbline/oracle/chain.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/stream_sink.hpp"
#include "plumbline/oracle/timeline.hpp"

namespace plumbline::cli {
namespace {

using oracle::judgement;

void print_text(const std::string& file, const oracle::stream_sink& watched, const oracle::verdict& v) {
  switch (v.what) {
    case judgement::conforms:
      fmt::print("{}: conforms: {} operations, {}\n", file, watched.operations(),
                 to_string(watched.witness().promised));
      return;
    case judgement::unknown:
      fmt::print("{}: unknown: {}\n", file, v.because);
      return;
    case judgement::violates:
      break;
  }
  fmt::print("{}: violates {} ({}), known at time {}, after {} operations had begun\n  {}\n", file,
             to_string(*v.broken), sentence(*v.broken), watched.now(), watched.operations(), v.because);
  fmt::print("{}\n{}\n", chain_of(watched.witness(), *v.broken, oracle::extent::so_far),
             timeline(watched.witness(), {}, oracle::style_for(STDOUT_FILENO)));
}

void print_json(const std::string& file, const oracle::stream_sink& watched, const oracle::verdict& v) {
  nlohmann::ordered_json object = {
      {"file", file}, {"verdict", to_string(v.what)}, {"operations", watched.operations()}};
  if (v.what != judgement::conforms) {
    object["because"] = v.because;
  }
  if (v.what == judgement::violates) {
    object["rule"] = to_string(*v.broken);
    object["sentence"] = sentence(*v.broken);
    object["time"] = watched.now();
    object["witness"] = v.witness;
  }
  const auto replace_bad_utf8 = nlohmann::ordered_json::error_handler_t::replace;
  fmt::print("{}\n", object.dump(-1, ' ', false, replace_bad_utf8));
}

}  // namespace

exit_code check_stream(const std::string& file, const std::string& contract_words, bool json) {
  oracle::stream_sink watched(contract_words);
  if (const auto read = read_history_file(file, [&](std::istream& in) { return oracle::read_jsonl(in, watched); });
      !read) {
    fmt::print(stderr, "{}\n", read.error());
    return misuse;
  }
  oracle::verdict v = watched.finish();
  if (v.what == judgement::conforms && !v.complete) {
    v.what = judgement::unknown;
    v.because = oracle::why_incomplete;
  }
  json ? print_json(file, watched, v) : print_text(file, watched, v);
  return code_of(v.what);
}

}  // namespace plumbline::cli

#include "cli/stream_check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cli/history_file.hpp"
#include "plumbline/oracle/chain.hpp"
#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/stream.hpp"
#include "plumbline/oracle/timeline.hpp"

namespace plumbline::cli {
namespace {

using oracle::history;
using oracle::judgement;
using oracle::operation;

// Tells a stream what is read. In a file events of equal times may stand in any order; a stream wants begins first, so
// an end waits until time has gone on.
class watching final : public oracle::event_sink {
 public:
  explicit watching(std::string contract_words) : contract_words_(std::move(contract_words)) {}

  void header(const history& empty) override {
    header_ = empty;
    if (!contract_words_.empty()) {
      const auto promised = oracle::amended(empty.promised, contract_words_);
      if (!promised) {
        throw std::invalid_argument("--contract: " + promised.error());
      }
      header_.promised = *promised;
    }
    stream_.emplace(header_.promised, header_.capacity, header_.senders);
  }

  void begin(const operation& o) override {
    tell_ends_before(o.begin);
    if (stream_->violated()) {
      return;
    }
    ++operations_;
    now_ = o.begin;
    stream_->begin(o);
  }

  void end(const operation& o) override {
    tell_ends_before(o.end);
    if (!stream_->violated()) {
      now_ = o.end;
      ends_.push_back(o);
    }
  }

  void quiescent() override { header_.quiescent = true; }
  bool wants_more() const override { return !stream_ || !stream_->violated(); }

  oracle::verdict finish() {
    tell_ends_before(operation::never);
    return stream_->finish(header_.quiescent);
  }

  std::uint64_t operations() const { return operations_; }
  // When the verdict was known.
  std::uint64_t now() const { return now_; }

  history witness() const {
    history shown = header_;
    shown.operations = stream_->witness();
    return shown;
  }

 private:
  void tell_ends_before(std::uint64_t instant) {
    if (!ends_.empty() && ends_.front().end < instant) {
      for (const operation& o : ends_) {
        stream_->end(o);
      }
      ends_.clear();
    }
  }

  std::string contract_words_;
  history header_;  // without operations
  std::optional<oracle::stream> stream_;
  std::vector<operation> ends_;  // at one time, which is the latest
  std::uint64_t operations_ = 0;
  std::uint64_t now_ = 0;
};

void print_text(const std::string& file, const watching& watched, const oracle::verdict& v) {
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
  fmt::print("{}\n{}\n", chain_of(watched.witness()),
             timeline(watched.witness(), {}, oracle::style_for(STDOUT_FILENO)));
}

void print_json(const std::string& file, const watching& watched, const oracle::verdict& v) {
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
  watching watched(contract_words);
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

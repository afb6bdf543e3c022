#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/jsonl.hpp"
#include "plumbline/oracle/stream.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

// Decides a history file while it is read: what read_jsonl() tells it, it tells a stream, until that finds a breach. In
// a file events of equal times may stand in any order; a stream wants begins first, so an end waits until time has gone
// on.
class stream_sink final : public event_sink {
 public:
  // `contract_words`: dimensions of the contract, to be held to instead of what the file declares (see amended()).
  explicit stream_sink(std::string contract_words = {}) : contract_words_(std::move(contract_words)) {}

  void header(const history& empty) override;
  void begin(const operation&) override;
  void end(const operation&) override;
  void quiescent() override { header_.quiescent = true; }
  bool wants_more() const override { return !stream_ || !stream_->violated(); }

  // The verdict, when no event follows. Requires that a header was read. Throws what the stream throws.
  verdict finish();

  std::uint64_t operations() const noexcept { return operations_; }  // that began before the verdict was known
  std::uint64_t now() const noexcept { return now_; }                // the time of the event after which it was
  // What shows it: the stream's witness().
  history witness() const { return stream_->witness(); }

 private:
  void tell_ends_before(std::uint64_t instant);

  std::string contract_words_;
  history header_;  // without operations
  std::optional<stream> stream_;
  std::vector<operation> ends_;  // at one time, which is the latest
  std::uint64_t operations_ = 0;
  std::uint64_t now_ = 0;
};

}  // namespace plumbline::oracle

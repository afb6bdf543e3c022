#include "plumbline/oracle/stream_sink.hpp"

#include <stdexcept>

namespace plumbline::oracle {

void stream_sink::header(const history& empty) {
  header_ = empty;
  if (!contract_words_.empty()) {
    const auto promised = amended(empty.promised, contract_words_);
    if (!promised) {
      throw std::invalid_argument("--contract: " + promised.error());
    }
    header_.promised = *promised;
  }
  stream_.emplace(header_.promised, header_.capacity, header_.senders);
}

void stream_sink::begin(const operation& o) {
  tell_ends_before(o.begin);
  if (!stream_->violated()) {
    ++operations_;
    now_ = o.begin;
    stream_->begin(o);
  }
}

void stream_sink::end(const operation& o) {
  tell_ends_before(o.end);
  if (!stream_->violated()) {
    now_ = o.end;
    ends_.push_back(o);
  }
}

verdict stream_sink::finish() {
  tell_ends_before(operation::never);
  return stream_->finish(header_.quiescent);
}

void stream_sink::tell_ends_before(std::uint64_t instant) {
  if (!ends_.empty() && ends_.front().end < instant) {
    for (const operation& o : ends_) {
      stream_->end(o);
    }
    ends_.clear();
  }
}

}  // namespace plumbline::oracle

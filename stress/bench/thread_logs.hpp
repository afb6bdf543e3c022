#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/merge.hpp"
#include "plumbline/oracle/stream.hpp"
#include "plumbline/oracle/verdict.hpp"

// A history as a recorder has it, and as the stream's collector takes it: a log of each thread.
namespace plumbline::bench {

using thread_logs = std::vector<std::vector<oracle::operation>>;

inline thread_logs logs_of(const oracle::history& h) {
  thread_logs logs(h.senders + 1);
  for (const oracle::operation& o : h.operations) {
    logs[o.thread].push_back(o);
  }
  return logs;
}

// Merges the logs of that history and tells them to a stream, as a collector does that comes by from time to time: what
// each thread did up to now.
inline oracle::verdict check_merged(const oracle::history& h, const thread_logs& logs) {
  oracle::stream watched(h.promised, h.capacity, h.senders);
  oracle::merge merged(watched, logs.size());
  const std::uint64_t last = h.operations.back().end;
  std::vector<std::size_t> next(logs.size());
  for (std::uint64_t until = 1'000;; until += 1'000) {
    for (std::size_t t = 0; t < logs.size(); ++t) {
      for (std::size_t& i = next[t]; i < logs[t].size() && logs[t][i].begin < until; ++i) {
        merged.begin(logs[t][i]);
        merged.end(logs[t][i]);
      }
      merged.quiet_until(static_cast<std::uint32_t>(t), until);
    }
    merged.advance();
    if (until > last) {
      break;
    }
  }
  merged.finish();
  return watched.finish(false);
}

}  // namespace plumbline::bench

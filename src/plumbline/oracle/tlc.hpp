#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// A history as spec/TraceChannel.tla takes it: what a tuple means is said there.
struct tlc_trace {
  oracle::capacity capacity;
  std::uint32_t initial = 1;   // senders in the beginning
  std::uint32_t senders = 1;   // and with those that are cloned
  std::uint32_t received = 0;  // how many messages were received
  std::vector<std::vector<std::uint64_t>> events;
};

// Requires a well-formed history. The error says in one sentence why the module cannot be asked about it: there a
// sender does one thing at a time, there are nine at most, and events have an order (equal stamps are put so that the
// operations overlap); and it knows only the strongest contract.
std::expected<tlc_trace, std::string> to_tlc(const history&);

// One line of JSON, what spec/judge reads. `name` says which history it is; `expected`: whether TLC ought to allow it.
std::string to_json(const tlc_trace&, const std::string& name, std::optional<bool> expected = std::nullopt);

}  // namespace plumbline::oracle

#include "plumbline/oracle/tlc.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <tuple>

namespace plumbline::oracle {
namespace {

constexpr std::uint32_t most_senders = 9;  // a message is 10 * its number + its sender, who is 1 to 9

std::uint32_t thread_of(const operation& o) { return is_receiver_operation(o.kind) ? 0 : o.handle + 1; }

// As in TraceChannel's OpName and OutcomeName, from 1 on.
std::uint64_t number_of(operation_kind kind) { return static_cast<std::uint64_t>(kind) + 1; }
std::uint64_t number_of(outcome result) {
  switch (result) {
    case outcome::pending:
      return 0;
    case outcome::ok:
      return 1;
    case outcome::full:
      return 2;
    case outcome::empty:
      return 3;
    case outcome::timeout:
      return 4;
    case outcome::disconnected:
      return 5;
  }
  return 0;
}

// The begins and ends, so that operations with an equal stamp overlap; those of the receiver do not.
std::expected<std::vector<event>, std::string> overlapping(const history& h) {
  const auto stamp = [&h](const event& e) {
    return e.is_end ? h.operations[e.operation].end : h.operations[e.operation].begin;
  };
  std::vector<event> events = events_of(h);
  for (auto first = events.begin(); first != events.end();) {
    const auto last = std::find_if(first, events.end(), [&](const event& e) { return stamp(e) != stamp(*first); });
    // First the begins, then the ends, then the begins of the receiver that follow an end of its own.
    const auto turn = [&](const event& e) {
      if (e.is_end) {
        return 1;
      }
      return is_receiver_operation(h.operations[e.operation].kind) &&
                     std::any_of(first, last,
                                 [&](const event& other) {
                                   return other.is_end && other.operation != e.operation &&
                                          is_receiver_operation(h.operations[other.operation].kind);
                                 })
                 ? 2
                 : 0;
    };
    std::vector<std::pair<int, event>> turns;
    std::transform(first, last, std::back_inserter(turns), [&](const event& e) { return std::pair(turn(e), e); });
    std::ranges::sort(
        turns, {}, [](const auto& each) { return std::tuple(each.first, each.second.operation, each.second.is_end); });
    if (turns.back().first == 2 && std::ranges::count(turns, 1, &std::pair<int, event>::first) > 1) {
      return std::unexpected(fmt::format("too many events have the stamp {}", stamp(*first)));
    }
    std::ranges::transform(turns, first, [](const auto& each) { return each.second; });
    first = last;
  }
  return events;
}

}  // namespace

std::expected<tlc_trace, std::string> to_tlc(const history& h) {
  contract strongest;
  if (!h.capacity) {
    strongest.capacity = h.promised.capacity;  // none of them says anything
  }
  if (h.promised != strongest) {
    return std::unexpected(fmt::format("its contract is {}, and the specification knows only the strongest, {}",
                                       to_string(h.promised), to_string(strongest)));
  }
  tlc_trace trace{.capacity = h.capacity, .initial = h.senders, .senders = h.senders, .received = 0, .events = {}};
  std::map<std::uint64_t, std::uint64_t> place;  // value -> as the how-many-th it is received
  std::uint32_t endless_clones = 0;
  for (const operation& o : h.operations) {
    if (is_recv(o.kind) && o.result == outcome::ok) {
      place.emplace(o.value, ++trace.received);
    }
    if (o.kind == operation_kind::clone && o.result == outcome::ok) {
      trace.senders = std::max(trace.senders, static_cast<std::uint32_t>(o.value) + 1);
    }
    endless_clones += o.kind == operation_kind::clone && o.result == outcome::pending ? 1U : 0U;
  }
  std::uint32_t unnamed = trace.senders;  // clones that never ended make senders that nobody uses, after all others
  trace.senders += endless_clones;
  if (trace.senders > most_senders) {
    return std::unexpected(fmt::format("there are {} senders, and the module knows {}", trace.senders, most_senders));
  }
  const auto events = overlapping(h);
  if (!events) {
    return std::unexpected(events.error());
  }

  // Names for messages: those that a receive returns before their send began have one, too.
  std::map<std::uint64_t, std::uint64_t> message;
  std::vector<std::uint64_t> sent(trace.senders, 0);
  for (const operation& o : h.operations) {
    if (is_send(o.kind)) {
      message.emplace(o.value, 10 * ++sent[o.handle] + thread_of(o));
    }
  }
  std::uint64_t nobodys = 0;  // messages of sender 0, whom there is not
  const auto returns = [&](const operation& o) {
    if (!is_recv(o.kind) || o.result != outcome::ok) {
      return number_of(o.result);
    }
    return message.contains(o.value) ? message.at(o.value) : (message[o.value] = nobodys += 10);
  };

  // What a begin says besides: of a send, as the how-many-th its value is received; of a clone, the sender it makes.
  const auto extra = [&](const operation& o) -> std::uint64_t {
    if (is_send(o.kind)) {
      const auto found = place.find(o.value);
      return found == place.end() ? 0 : found->second;
    }
    if (o.kind != operation_kind::clone) {
      return 0;
    }
    return o.result == outcome::pending ? ++unnamed : o.value + 1;
  };

  std::vector<bool> busy(trace.senders + 1, false);
  for (const event& e : *events) {
    const operation& o = h.operations[e.operation];
    const std::uint32_t thread = thread_of(o);
    if (e.is_end) {
      trace.events.push_back({thread, returns(o)});
    } else {
      if (busy[thread]) {
        return std::unexpected(fmt::format("two operations of sender {} overlap", o.handle));
      }
      trace.events.push_back({thread, number_of(o.kind), returns(o), extra(o)});
    }
    busy[thread] = !e.is_end;
  }
  if (h.quiescent) {
    trace.events.emplace_back();
  }
  return trace;
}

std::string to_json(const tlc_trace& trace, const std::string& name, std::optional<bool> expected) {
  std::vector<std::string> events;
  events.reserve(trace.events.size());
  for (const auto& each : trace.events) {
    events.push_back(fmt::format("[{}]", fmt::join(each, ",")));
  }
  return fmt::format(R"({{"name":{:?},"capacity":{},"initial":{},"senders":{},"received":{},{}"events":[{}]}})", name,
                     trace.capacity ? fmt::to_string(*trace.capacity) : R"("unbounded")", trace.initial, trace.senders,
                     trace.received, expected ? fmt::format("\"expected\":{},", *expected) : "",
                     fmt::join(events, ","));
}

}  // namespace plumbline::oracle

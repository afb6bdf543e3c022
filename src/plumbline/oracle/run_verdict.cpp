#include "plumbline/oracle/run_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plumbline/oracle/decide.hpp"

namespace plumbline::oracle {
namespace {

verdict violation(rule broken, std::string because, std::vector<std::size_t> witness = {}) {
  return {.what = judgement::violates, .broken = broken, .because = std::move(because), .witness = std::move(witness)};
}

// For each dimension of the contract its words, the strongest first.
constexpr std::array orders = {order::linearizable, order::per_sender, order::unordered};
constexpr std::array empties = {emptiness::honest, emptiness::head_of_line, emptiness::weak};
constexpr std::array fulls = {fullness::honest, fullness::spurious};
constexpr std::array bounds = {bound::exact, bound::at_least};

// Two values that came out in another order than their sends, which did not overlap, went in.
bool out_of_order(const history& recorded) {
  struct sent_value {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t received_at;  // begin of the receive that took it; never, if none did
  };
  std::unordered_map<std::uint64_t, std::uint64_t> received_at;
  for (const operation& one : recorded.operations) {
    if (is_recv(one.kind) && one.result == outcome::ok) {
      received_at.emplace(one.value, one.begin);
    }
  }
  std::vector<sent_value> by_begin;
  for (const operation& one : recorded.operations) {
    if (is_send(one.kind) && one.result == outcome::ok) {
      const auto found = received_at.find(one.value);
      by_begin.push_back({one.begin, one.end, found == received_at.end() ? operation::never : found->second});
    }
  }
  std::vector<sent_value> by_end = by_begin;
  std::ranges::sort(by_end, {}, &sent_value::end);
  // Of the sends that had ended when this one began, the one whose value came out last.
  std::uint64_t latest = 0;
  auto ended = by_end.begin();
  return std::ranges::any_of(by_begin, [&](const sent_value& second) {
    for (; ended != by_end.end() && ended->end < second.begin; ++ended) {
      latest = std::max(latest, ended->received_at);
    }
    return second.received_at < latest;
  });
}

bool any_ended_with(const history& recorded, std::initializer_list<outcome> wanted) {
  return std::any_of(recorded.operations.begin(), recorded.operations.end(), [&](const operation& one) {
    return std::find(wanted.begin(), wanted.end(), one.result) != wanted.end();
  });
}

bool waits_for_others(operation_kind kind) { return kind == operation_kind::send || kind == operation_kind::recv; }

}  // namespace

std::string misuse_in(const observation& seen) { return seen.threw.empty() ? malformed(seen.recorded) : seen.threw; }

verdict verdict_of(const observation& seen) {
  if (!seen.faults.empty()) {
    return violation(seen.faults.front().broken, seen.faults.front().because);
  }
  if (seen.overflowed) {
    return {.what = judgement::unknown,
            .broken = {},
            .because = "the program had more operations than the recorder has room for",
            .witness = {}};
  }
  return decide(seen.recorded);
}

verdict verdict_of_hung(const observation& seen) {
  const std::vector<operation>& all = seen.recorded.operations;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].result == outcome::pending && !waits_for_others(all[i].kind)) {
      return violation(is_receiver_operation(all[i].kind) ? rule::wake_recv : rule::wake_send,
                       fmt::format("{} does not wait for others, but it did not return", to_string(all[i].kind)), {i});
    }
  }
  return verdict_of(seen);
}

std::vector<stronger_promise> stronger_than(const contract& promised) {
  std::vector<stronger_promise> found;
  const auto add = [&](std::string_view dimension, const auto& words, auto contract::* member) {
    for (const auto word : words) {
      if (word == promised.*member) {
        return;
      }
      stronger_promise one{.dimension = std::string(dimension),
                           .word = std::string(to_string(word)),
                           .whole = promised,
                           .refuted = 0,
                           .example = {}};
      one.whole.*member = word;
      found.push_back(std::move(one));
    }
  };
  add("order", orders, &contract::order);
  add("empty", empties, &contract::empty);
  add("full", fulls, &contract::full);
  if (promised.capacity != bound::unbounded) {
    add("capacity", bounds, &contract::capacity);
  }
  return found;
}

std::optional<verdict> refutation(const history& recorded, const stronger_promise& promise) {
  const bool worth_a_look = promise.dimension == "order" ? out_of_order(recorded)
                            : promise.dimension == "empty"
                                ? any_ended_with(recorded, {outcome::empty, outcome::timeout})
                            : promise.dimension == "full" ? any_ended_with(recorded, {outcome::full, outcome::timeout})
                                                          : recorded.capacity.has_value();
  if (!worth_a_look) {
    return std::nullopt;
  }
  history judged = recorded;
  judged.promised = promise.whole;
  verdict said = decide(judged);
  return said.what == judgement::violates ? std::optional(std::move(said)) : std::nullopt;
}

}  // namespace plumbline::oracle

// Histories for TLC (spec/judge) of the channel under stepped_sync: what small client programs do under many schedules.
// Nobody waits here to see whether somebody hangs. The scheduler knows when nothing can happen any more, which is the
// last event of each history; so an operation that is pending then is a hang of a real run, recorded as it happened.
//   plumbline_stepped_histories COUNT SEED   of COUNT schedules of each program, each history once
// Every operation of these programs returns, whatever the schedule, if the channel is right. "expected" is what the
// exhaustive search says. Exit codes: 0 written; 3 misuse.

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "number.hpp"
#include "plumbline/channel.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/tlc.hpp"
#include "stepped/schedules.hpp"
#include "stepped/stepped_sync.hpp"

namespace plumbline::test {
namespace {

using enum oracle::operation_kind;
using oracle::outcome;
using steps = std::vector<oracle::operation_kind>;

struct program {
  std::string name;
  std::size_t capacity;
  std::vector<steps> threads;  // the receiver, then the senders
};

const std::vector<program> programs = {
    {"a value comes", 1, {{recv}, {send}}},
    {"room comes", 1, {{recv, recv}, {send, send}}},
    {"room for two comes", 2, {{recv, recv, recv, recv}, {send, send}, {send, send}}},
    {"the last sender goes", 1, {{recv}, {drop_sender}, {drop_sender}}},
    {"the receiver goes", 1, {{drop_receiver}, {send, send}, {send, send}}},
    {"an offer is taken", 0, {{recv, recv}, {send}, {send}}},
    {"offers are refused", 0, {{drop_receiver}, {send}, {send}}},
};

class run {
 public:
  run(const program& what, std::uint64_t seed)
      : what_(what),
        driver_(std::vector<std::string>(what.threads.size(), "a thread"), at_random(seed)),
        ends_(bounded_channel<std::uint64_t, stepped_sync>(what.capacity)) {
    for (std::size_t sender = 1; sender + 1 < what.threads.size(); ++sender) {
      senders_.push_back(ends_.tx.clone());
    }
    senders_.push_back(std::move(ends_.tx));
  }

  // What was seen when nothing could happen any more.
  oracle::history history() {
    for (std::size_t thread = 0; thread < what_.threads.size(); ++thread) {
      driver_.post(thread, [this, thread] {
        for (const auto kind : what_.threads[thread]) {
          call(thread, kind);
        }
      });
    }
    driver_.run();
    oracle::history seen;
    seen.capacity = what_.capacity;
    seen.senders = static_cast<std::uint32_t>(senders_.size());
    seen.quiescent = true;
    seen.operations = operations_;
    // Who hangs would return if he looked again: so that the threads can be joined.
    for (auto asleep = driver_.asleep(); !asleep.empty(); asleep = driver_.asleep()) {
      for (const auto sleeper : asleep) {
        driver_.wake_for_no_reason(sleeper);
      }
      driver_.run();
    }
    return seen;
  }

 private:
  // One thread runs at a time, so the order in which they write here is the order of what they did.
  void call(std::size_t thread, oracle::operation_kind kind) {
    const std::size_t at = operations_.size();
    operations_.push_back({.thread = static_cast<std::uint32_t>(thread),
                           .handle = static_cast<std::uint32_t>(thread == 0 ? 0 : thread - 1),
                           .kind = kind,
                           .value = kind == send ? 10 * at + thread : 0,
                           .begin = ++stamp_});
    const auto [result, value] = outcome_of(thread, kind, operations_[at].value);
    operations_[at].result = result;
    operations_[at].value = value;
    operations_[at].end = ++stamp_;
  }

  std::pair<outcome, std::uint64_t> outcome_of(std::size_t thread, oracle::operation_kind kind, std::uint64_t value) {
    switch (kind) {
      case send:
        return {senders_[thread - 1].send(value) ? outcome::ok : outcome::disconnected, value};
      case recv: {
        const auto received = ends_.rx.recv();
        return received ? std::pair(outcome::ok, *received) : std::pair(outcome::disconnected, std::uint64_t{0});
      }
      case drop_sender:
        senders_[thread - 1].drop();
        return {outcome::ok, 0};
      case drop_receiver:
        ends_.rx.drop();
        return {outcome::ok, 0};
      default:
        throw std::logic_error("the programs have no such operation");
    }
  }

  const program& what_;
  scheduler driver_;
  endpoints<std::uint64_t, stepped_sync> ends_;  // its sender is moved into senders_
  std::vector<sender<std::uint64_t, stepped_sync>> senders_;
  std::vector<oracle::operation> operations_;
  std::uint64_t stamp_ = 0;
};

void write(std::uint64_t count, std::uint64_t seed) {
  for (const program& each : programs) {
    std::set<std::string> known;
    for (std::uint64_t schedule = 0; schedule < count; ++schedule) {
      const oracle::history seen = run(each, seed + schedule).history();
      const auto trace = to_tlc(seen);
      if (!trace) {
        throw std::logic_error(each.name + ": " + trace.error());
      }
      if (known.insert(to_json(*trace, "")).second) {
        const bool allowed = linearize(seen) == oracle::judgement::conforms;
        std::cout << to_json(*trace, each.name + ", seed " + std::to_string(seed + schedule), allowed) << '\n';
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::test

int main(int argc, char** argv) {
  try {
    if (argc != 3) {
      throw std::invalid_argument("usage: plumbline_stepped_histories COUNT SEED");
    }
    plumbline::test::write(plumbline::test::number(argv[1]), plumbline::test::number(argv[2]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "plumbline_stepped_histories: " << error.what() << '\n';
    return 3;
  }
}

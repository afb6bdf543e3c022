#include <algorithm>
#include <array>
#include <functional>
#include <ostream>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "execution.hpp"
#include "explored.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/tlc.hpp"
#include "scenarios.hpp"

namespace plumbline::stress {
namespace {

class run_of_scenario final : public scenario_run {
 public:
  run_of_scenario(const scenario& which, std::ostream* written)
      : name_(which.name), capacity_(which.capacity), written_(written) {
    programs_.push_back(parse_program(which.receiver));
    for (const std::string_view words : which.senders) {
      programs_.push_back(parse_program(words));
    }
  }

  std::size_t threads() const override { return programs_.size(); }

  const char* name_of(std::size_t thread) const override {
    constexpr std::array<const char*, most_threads> several = {"receiver", "sender 1", "sender 2", "sender 3"};
    return thread == 1 && programs_.size() == 2 ? "sender" : several[thread];
  }
  std::span<const char* const> condition_names() const override { return explored::condition_names; }
  std::span<const char* const> data_names() const override { return explored::data_names; }

  void begin() override { now_ = new execution(capacity_, programs_.size() - 1); }

  void run(std::size_t thread) override {
    for (const step what : programs_[thread]) {
      now_->run(what, thread);
    }
  }

  void end() override {
    judge_if_new();
    now_->finish();
    delete now_;
  }

  std::uint64_t histories() const override { return known_.size(); }

 private:
  // Two executions with equal fingerprints are the same to the oracle: the same outcomes, and the same operations ended
  // before the same others began.
  std::size_t fingerprint() const {
    std::size_t mixed = 0;
    const auto mix = [&mixed](std::uint64_t more) {
      mixed = (mixed ^ std::hash<std::uint64_t>()(more)) * 0x9E3779B97F4A7C15;
      mixed ^= mixed >> 32;
    };
    for (std::size_t thread = 0; thread < programs_.size(); ++thread) {
      for (const operation& op : now_->seen_by(thread)) {
        mix(static_cast<std::uint64_t>(op.kind) | (static_cast<std::uint64_t>(op.result) << 8) | (op.value << 16));
        for (std::size_t other = 0; other < programs_.size(); ++other) {
          mix(static_cast<std::uint64_t>(
              std::ranges::count_if(now_->seen_by(other), [&op](const operation& o) { return o.end < op.begin; })));
        }
      }
    }
    return mixed;
  }

  void judge_if_new() {
    const world::outside scope;
    if (!known_.insert(fingerprint()).second) {
      return;
    }
    oracle::history history;
    history.promised = explored::promises;
    history.capacity = capacity_;
    history.senders = static_cast<std::uint32_t>(programs_.size() - 1);
    history.quiescent = true;
    for (std::size_t thread = 0; thread < programs_.size(); ++thread) {
      const auto& seen = now_->seen_by(thread);
      history.operations.insert(history.operations.end(), seen.begin(), seen.end());
    }
    std::ranges::sort(history.operations, {}, &operation::begin);
    std::string said;
    // A fiber's stack is too small for the oracle, so it thinks in a thread of its own.
    std::jthread([&] {
      said = say(history);
      write(history, said.empty());
    }).join();
    if (!said.empty()) {
      world::fail(said);
    }
  }

  void write(const oracle::history& history, bool allowed) const {
    if (written_ == nullptr) {
      return;
    }
    if (const auto trace = to_tlc(history)) {
      *written_ << to_json(*trace, name_ + " " + std::to_string(known_.size()), allowed)
                << std::endl;  // it may be the last
    }
  }

  static std::string say(const oracle::history& history) {
    if (const std::string why = malformed(history); !why.empty()) {
      return "the record is malformed: " + why;
    }
    if (oracle::linearize(history) == oracle::judgement::conforms) {
      return {};
    }
    // The rule without which there is an order; NO-LOSS comes last, for it explains almost everything.
    constexpr std::array<oracle::rule, 10> rules = {
        oracle::rule::fifo,          oracle::rule::sender_order,      oracle::rule::empty_honest,
        oracle::rule::full_honest,   oracle::rule::capacity,          oracle::rule::rendezvous,
        oracle::rule::timeout_clean, oracle::rule::recv_disconnected, oracle::rule::send_disconnected,
        oracle::rule::no_loss};
    for (const oracle::rule broken : rules) {
      if (explains(history, broken)) {
        return std::string(to_string(broken)) + " is broken: " + std::string(sentence(broken));
      }
    }
    return "INTEGRITY is broken, or more than one rule: there is no order in which the operations may have taken "
           "effect";
  }

  static bool explains(const oracle::history& history, oracle::rule broken) {
    return oracle::linearize(history, oracle::rule_set::all().without(broken)) == oracle::judgement::conforms;
  }

  std::string name_;
  std::optional<std::size_t> capacity_;
  std::ostream* written_;
  std::vector<std::vector<step>> programs_;
  execution* now_ = nullptr;
  std::unordered_set<std::size_t> known_;
};

}  // namespace

std::string_view source_of_the_channel() { return explored::source; }

std::unique_ptr<scenario_run> make_run(const scenario& which, std::ostream* written) {
  return std::make_unique<run_of_scenario>(which, written);
}

}  // namespace plumbline::stress

// The reference channel under stepped_sync, a logical thread for each handle.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <expected>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "plumbline/channel.hpp"
#include "stepped/stepped_sync.hpp"
#include "subject.hpp"

namespace plumbline::test {
namespace {

using oracle::operation_kind;
using oracle::outcome;
using namespace std::chrono_literals;

// A message that knows which others are alive: what was moved from is not.
class message {
 public:
  explicit message(std::uint64_t number) : number_(number) { alive().insert(number); }
  message(message&& other) noexcept : number_(std::exchange(other.number_, 0)) {}
  message& operator=(message&&) = delete;
  ~message() {
    if (number_ != 0) {
      if (scheduler::current().in_critical_section()) {
        scheduler::current().fail(
            "a message is destroyed inside a critical section, where its destructor might want the mutex");
      }
      alive().erase(alive().find(number_));
    }
  }
  std::uint64_t number() const { return number_; }

  static std::multiset<std::uint64_t>& alive() {
    static std::multiset<std::uint64_t> numbers;
    return numbers;
  }

 private:
  std::uint64_t number_;
};

using message_sender = sender<message, stepped_sync>;
using message_receiver = receiver<message, stepped_sync>;

// A step of the driver takes that long; so an operation that lasts n steps is due exactly when the n-th begins.
constexpr virtual_clock::duration a_step = 10ns;
constexpr virtual_clock::duration almost_a_step = a_step - 1ns;

std::vector<std::string> names(const settled_graph& graph) {
  std::vector<std::string> all;
  for (thread_number thread = 0; thread <= graph.senders; ++thread) {
    all.push_back(to_string(graph, thread));
  }
  return all;
}

class channel_subject : public subject {
 public:
  explicit channel_subject(const settled_graph& graph)
      : names_(names(graph)), driver_(names_), senders_(graph.senders), the_receiver_(graph.senders) {
    // The core aborts when one of its own preconditions does not hold.
    std::signal(SIGABRT, [](int) { scheduler::current().fail("abort() is called"); });
  }

  void start(const settled_graph& graph, const settled_state& state) override {
    complaint_.clear();
    auto [tx, rx] =
        graph.capacity ? stepped_channel<message>(driver_, *graph.capacity) : stepped_channel<message>(driver_);
    receiver_.emplace(std::move(rx));
    for (std::size_t each = 0; each < senders_.size(); ++each) {
      if (state.senders[each]) {
        senders_[each].emplace(tx.clone());
      }
    }
    tx.drop();
  }

  all_returned take(const driver_step& step, std::size_t lasts, bool disturbed, every_schedule& schedule) override {
    driver_.advance(a_step - almost_a_step);
    if (step.begins) {
      driver_.post(step.thread, [this, step, lasts] {
        const auto [result, value] = perform(step, a_step * static_cast<int>(lasts));
        returned_.push_back({step.thread, result, value});
      });
    }
    settle(disturbed, schedule);
    settled_ = driver_.where_everybody_is();
    std::ranges::sort(returned_);
    all_returned seen = std::exchange(returned_, {});
    wake_everybody_for_no_reason();
    return seen;
  }

  std::string objection(const settled_state& state) override {
    std::multiset<std::uint64_t> expected(state.queue.begin(), state.queue.end());
    for (const driver_step& pending : state.pending) {
      if (pending.begins && oracle::is_send(*pending.begins)) {
        expected.insert(pending.value);
      }
    }
    if (message::alive() != expected) {
      return "other messages are alive than those that are buffered and those of sends that wait";
    }
    if (receiver_ && receiver_->size() != state.queue.size()) {
      return "size() says " + std::to_string(receiver_->size());
    }
    return complaint_;
  }

  // As a channel ends: first the idle ends go, then those whose operation that has ended.
  std::string finish() override {
    for (int round = 0; round < 2; ++round) {
      if (driver_.is(the_receiver_, activity::idle)) {
        receiver_.reset();
      }
      for (std::size_t each = 0; each < senders_.size(); ++each) {
        if (driver_.is(each, activity::idle)) {
          senders_[each].reset();
        }
      }
      driver_.run();
    }
    returned_.clear();
    if (!driver_.asleep().empty()) {
      settled_ = driver_.where_everybody_is();
      return "all others have dropped their ends, and somebody still sleeps";
    }
    return message::alive().empty() ? "" : "a message outlives its channel";
  }

  void tell_when_it_fails(const std::function<std::string()>& story) override { driver_.tell_when_it_fails(story); }

  std::string where_everybody_is() const override {
    return settled_ + "schedule of the last step, from one scheduling point to the next\n  " + ran_ + "\n";
  }
  bool has_no_more_state_than_the_specification() const override { return false; }

 private:
  using ended = std::pair<outcome, std::uint64_t>;

  // On the logical thread.
  ended perform(const driver_step& step, virtual_clock::duration patience) {
    switch (*step.begins) {
      case operation_kind::send:
        return sent(senders_[step.thread]->send(message(step.value)), step.value);
      case operation_kind::try_send:
        return sent(senders_[step.thread]->try_send(message(step.value)), step.value);
      case operation_kind::send_for:
        return sent(senders_[step.thread]->send_for(message(step.value), patience), step.value);
      case operation_kind::recv:
        return received(receiver_->recv());
      case operation_kind::try_recv:
        return received(receiver_->try_recv());
      case operation_kind::recv_for:
        return received(receiver_->recv_for(patience));
      case operation_kind::clone:
        senders_[step.value].emplace(senders_[step.thread]->clone());
        break;
      case operation_kind::drop_sender:
        senders_[step.thread].reset();
        break;
      case operation_kind::drop_receiver:
        receiver_.reset();
        break;
    }
    return {outcome::ok, 0};
  }

  static outcome why(send_failure) { return outcome::disconnected; }
  static outcome why(recv_error) { return outcome::disconnected; }
  static outcome why(try_send_failure reason) {
    return reason == try_send_failure::full ? outcome::full : outcome::disconnected;
  }
  static outcome why(try_recv_error reason) {
    return reason == try_recv_error::empty ? outcome::empty : outcome::disconnected;
  }
  static outcome why(send_timeout_failure reason) {
    return reason == send_timeout_failure::timeout ? outcome::timeout : outcome::disconnected;
  }
  static outcome why(recv_timeout_error reason) {
    return reason == recv_timeout_error::timeout ? outcome::timeout : outcome::disconnected;
  }

  template <class Failure>
  ended sent(const std::expected<void, unsent<message, Failure>>& result, std::uint64_t value) {
    if (result) {
      return {outcome::ok, 0};
    }
    if (result.error().value.number() != value) {
      complaint_ = "a send that failed did not give its message back";
    }
    return {why(result.error().reason), 0};
  }
  template <class Failure>
  static ended received(const std::expected<message, Failure>& result) {
    return result ? ended{outcome::ok, result->number()} : ended{why(result.error()), 0};
  }

  // Until nobody can move. If disturbed: in each schedule one thread at most wakes for no reason, at any time.
  void settle(bool disturbed, every_schedule& schedule) {
    driver_.choose_with(schedule.chooser());
    ran_.clear();
    std::size_t steps = 0;
    for (auto able = driver_.runnable(); !able.empty(); able = driver_.runnable()) {
      const scheduler::thread_ids sleepers = disturbed ? driver_.asleep() : scheduler::thread_ids{};
      const std::size_t chosen = schedule.choose(able.size() + sleepers.size());
      if (chosen < able.size()) {
        ran_ += (ran_.empty() ? "" : ", ") + names_[able[chosen]];
        driver_.step(able[chosen]);
      } else {
        ran_ += (ran_.empty() ? "" : ", ") + names_[sleepers[chosen - able.size()]] + " is woken for no reason";
        driver_.wake_for_no_reason(sleepers[chosen - able.size()]);
        disturbed = false;
      }
      driver_.must_rest_after(++steps);
    }
    driver_.choose_with(scheduler::first);
  }

  // Which nobody must notice; nor that the next deadline is near.
  void wake_everybody_for_no_reason() {
    driver_.advance(almost_a_step);
    for (const scheduler::thread_id sleeper : driver_.asleep()) {
      driver_.wake_for_no_reason(sleeper);
    }
    driver_.run();
    if (!returned_.empty()) {
      complaint_ = "an operation returns that was woken for no reason, before its deadline";
    }
  }

  const std::vector<std::string> names_;
  scheduler driver_;
  std::vector<std::optional<message_sender>> senders_;
  std::optional<message_receiver> receiver_;
  const scheduler::thread_id the_receiver_;
  all_returned returned_;
  std::string complaint_;
  // For the report: where the last step left everybody, and how.
  std::string settled_;
  std::string ran_;
};

}  // namespace

std::unique_ptr<subject> make_subject(const settled_graph& graph) { return std::make_unique<channel_subject>(graph); }

}  // namespace plumbline::test

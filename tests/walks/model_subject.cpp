// The oracle's model (src/plumbline/oracle/model.hpp): the second reading of Channel.tla, against the first.

#include <algorithm>
#include <string>
#include <vector>

#include "plumbline/oracle/model.hpp"
#include "subject.hpp"

namespace plumbline::test {
namespace {

using oracle::operation;
using oracle::operation_kind;
using oracle::outcome;

bool waits(operation_kind kind) {
  return kind == operation_kind::send || kind == operation_kind::send_for || kind == operation_kind::recv ||
         kind == operation_kind::recv_for;
}

class model_subject : public subject {
 public:
  explicit model_subject(const settled_graph& graph) : receiver_(graph.senders), terms_{{}, graph.capacity} {
    if (!graph.capacity) {
      terms_.promised.capacity = oracle::bound::unbounded;
    }
#ifdef PLUMBLINE_WALKS_WITHOUT  // a model that breaks a rule, which the walks have to notice
    terms_.in_force = terms_.in_force.without(oracle::rule::PLUMBLINE_WALKS_WITHOUT);
#endif
  }

  void start(const settled_graph&, const settled_state& state) override {
    pending_.clear();
    state_ = oracle::initial_state(0);
    for (thread_number each = 0; each < receiver_; ++each) {
      if (state.senders[each]) {
        state_.senders.push_back(each);
      }
    }
  }

  all_returned take(const driver_step& step, std::size_t, bool, every_schedule& schedule) override {
    returned_.clear();
    if (step.begins) {
      pending_.push_back({.thread = step.thread, .handle = step.thread, .kind = *step.begins, .value = step.value});
    } else if (const operation late = with(pending_[place_of(step.thread)], outcome::timeout); can_end(late)) {
      take_effect({late}, schedule);
    }  // else nothing returns, and the graph says that something ought to
    for (auto able = possible(); !able.empty(); able = possible()) {
      take_effect(able[schedule.choose(able.size())], schedule);
    }
    std::ranges::sort(returned_);
    return returned_;
  }

  std::string objection(const settled_state& state) override {
    const bool same_queue = std::ranges::equal(state_.buffer, state.queue, {}, &oracle::buffered::value);
    std::vector<std::uint32_t> alive;
    for (thread_number each = 0; each < receiver_; ++each) {
      if (state.senders[each]) {
        alive.push_back(each);
      }
    }
    return same_queue && state_.senders == alive && state_.receiver_alive == state.receiver_alive
               ? ""
               : "the model is in another state";
  }

  std::string finish() override { return ""; }

  std::string where_everybody_is() const override {
    std::string text = "  buffer:";
    for (const oracle::buffered& one : state_.buffer) {
      text += " " + std::to_string(one.value);
    }
    for (const operation& one : pending_) {
      text += "; thread " + std::to_string(one.thread) + " in " + std::string(oracle::to_string(one.kind));
    }
    return text + "\n";
  }

  bool has_no_more_state_than_the_specification() const override { return true; }

 private:
  // The operations that take effect together, as they end: one, or a send and a receive that meet.
  using effect = std::vector<operation>;

  std::size_t place_of(thread_number thread) const {
    return static_cast<std::size_t>(std::ranges::find(pending_, thread, &operation::thread) - pending_.begin());
  }
  static operation with(operation one, outcome result) {
    one.result = result;
    return one;
  }
  bool can_end(const operation& one) const { return !oracle::step(terms_, state_, one).empty(); }

  // What can take effect by itself. Not a timeout, for that is the driver's; and no try operation gives up that has a
  // partner who waits (RENDEZVOUS leaves that open, because in general nobody knows that he waits; here everybody
  // does).
  std::vector<effect> possible() const {
    std::vector<effect> all;
    for (const operation& one : pending_) {
      for (const outcome result : {outcome::ok, outcome::full, outcome::empty, outcome::disconnected}) {
        if (!oracle::can_end_with(one.kind, result)) {
          continue;
        }
        if (oracle::is_recv(one.kind) && result == outcome::ok) {
          add_receives(one, all);
        } else if (const bool gives_up = result == outcome::full || result == outcome::empty;
                   !(gives_up && has_partner(one)) && can_end(with(one, result))) {
          all.push_back({with(one, result)});
        }
      }
      for (const operation& other : pending_) {
        if (const effect both = meeting(one, other); !both.empty()) {
          all.push_back(both);
        }
      }
    }
    return all;
  }
  void add_receives(operation recv, std::vector<effect>& all) const {
    recv.result = outcome::ok;
    for (std::size_t n = 0; const auto next = oracle::next_to_receive(terms_, state_, n); ++n) {
      recv.value = state_.buffer[*next].value;
      if (can_end(recv)) {
        all.push_back({recv});
      }
    }
  }
  effect meeting(operation send, operation recv) const {
    send.result = recv.result = outcome::ok;
    recv.value = send.value;
    return oracle::is_send(send.kind) && oracle::is_recv(recv.kind) && !oracle::step(terms_, state_, send, recv).empty()
               ? effect{send, recv}
               : effect{};
  }
  bool has_partner(const operation& one) const {
    return std::ranges::any_of(pending_, [&](const operation& other) {
      return waits(other.kind) && !(meeting(one, other).empty() && meeting(other, one).empty());
    });
  }

  void take_effect(const effect& together, every_schedule& schedule) {
    const auto after = together.size() == 1 ? oracle::step(terms_, state_, together[0])
                                            : oracle::step(terms_, state_, together[0], together[1]);
    state_ = after[schedule.choose(after.size())];
    for (const operation& one : together) {
      const bool received = oracle::is_recv(one.kind) && one.result == outcome::ok;
      returned_.push_back({one.thread, one.result, received ? one.value : 0});
      pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(place_of(one.thread)));
    }
  }

  const thread_number receiver_;
  oracle::terms terms_;
  oracle::channel_state state_;
  std::vector<operation> pending_;
  all_returned returned_;
};

}  // namespace

std::unique_ptr<subject> make_subject(const settled_graph& graph) { return std::make_unique<model_subject>(graph); }

}  // namespace plumbline::test

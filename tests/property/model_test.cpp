// The channel against oracle/model, operation by operation, on one thread. The model is another reading of
// spec/Channel.tla and shares no code with the channel. Random programs of operations that do not block (or would
// block, and do not because the state says so) run on both; after each, the model must accept the outcome that the
// channel gave, and must accept no other outcome: then the channel's was the only legal one.

#include "plumbline/oracle/model.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "plumbline/channel.hpp"
#include "property.hpp"

namespace plumbline::test {
namespace {

using oracle::operation;
using oracle::operation_kind;
using namespace std::chrono_literals;

// What a program says. Who is meant is decided when it runs, so that a program stays one when RapidCheck shortens it.
struct instruction {
  operation_kind kind;
  std::uint8_t which;  // of the senders that are left; and which variant of an operation that has several
};

struct bound {
  capacity places;
};

void showValue(const bound& one, std::ostream& out) { out << describe(one.places); }
void showValue(const instruction& one, std::ostream& out) { out << to_string(one.kind) << '/' << int{one.which}; }

rc::Gen<std::vector<instruction>> programs() {
  // Drops are rare, so that programs have something to do before there is nothing left to do it with.
  const auto kind = rc::gen::weightedElement<operation_kind>({{12, operation_kind::send},
                                                              {12, operation_kind::try_send},
                                                              {8, operation_kind::send_for},
                                                              {10, operation_kind::recv},
                                                              {10, operation_kind::try_recv},
                                                              {8, operation_kind::recv_for},
                                                              {5, operation_kind::clone},
                                                              {3, operation_kind::drop_sender},
                                                              {1, operation_kind::drop_receiver}});
  return rc::gen::container<std::vector<instruction>>(
      rc::gen::construct<instruction>(kind, rc::gen::arbitrary<std::uint8_t>()));
}

template <class Result>
oracle::outcome outcome_of_send(const Result& sent, std::uint64_t value) {
  using reason = decltype(sent.error().reason);
  if (sent) {
    return oracle::outcome::ok;
  }
  RC_ASSERT(sent.error().value == value);  // it came back
  if (sent.error().reason == reason::disconnected) {
    return oracle::outcome::disconnected;
  }
  return std::is_same_v<reason, try_send_failure> ? oracle::outcome::full : oracle::outcome::timeout;
}

template <class Result>
oracle::outcome outcome_of_recv(const Result& received, std::uint64_t& value) {
  using error = typename Result::error_type;
  if (received) {
    value = *received;
    return oracle::outcome::ok;
  }
  if (received.error() == error::disconnected) {
    return oracle::outcome::disconnected;
  }
  return std::is_same_v<error, try_recv_error> ? oracle::outcome::empty : oracle::outcome::timeout;
}

// A deadline that has passed, though not so long ago that it could mean "do not wait".
auto just_now() { return std::chrono::steady_clock::now(); }

// The real channel and the model's state, side by side.
class pair_of_channels {
 public:
  explicit pair_of_channels(capacity places)
      : terms_{.promised = {}, .capacity = places}, model_(oracle::initial_state(1)) {
    auto [tx, rx] = make<std::uint64_t>(places);
    senders_.push_back({0, std::move(tx)});
    receiver_.emplace(std::move(rx));
  }

  // Carries the instruction out on both, if it means anything now and does not block. Whether it did.
  bool carry_out(instruction what) {
    operation done{.kind = what.kind};
    if (is_receiver_operation(what.kind)) {
      if (!receiver_ || (what.kind == operation_kind::recv && would_block(done))) {
        return false;
      }
      receive(what, done);
    } else {
      if (senders_.empty()) {
        return false;
      }
      auto& [handle, tx] = senders_[what.which % senders_.size()];
      done.handle = handle;
      done.value = next_value_;
      if (what.kind == operation_kind::send && would_block(done)) {
        return false;
      }
      send(what, done, tx);
    }
    compare(done);
    return true;
  }

 private:
  struct numbered_sender {
    std::uint32_t handle;
    sender<std::uint64_t> tx;
  };

  // What blocks is what can neither succeed nor be told that it is disconnected.
  bool would_block(operation attempt) const {
    attempt.result = oracle::outcome::pending;  // takes effect as if it succeeds
    const bool succeeds = !step(terms_, model_, attempt).empty();
    attempt.result = oracle::outcome::disconnected;
    return !succeeds && step(terms_, model_, attempt).empty();
  }

  void send(instruction what, operation& done, sender<std::uint64_t>& tx) {
    done.result = oracle::outcome::ok;
    switch (what.kind) {
      case operation_kind::send:
        done.result = outcome_of_send(tx.send(done.value), done.value);
        break;
      case operation_kind::try_send:
        done.result = outcome_of_send(tx.try_send(done.value), done.value);
        break;
      case operation_kind::send_for:
        done.result = what.which % 2 == 0 ? outcome_of_send(tx.send_for(done.value, -1h), done.value)
                                          : outcome_of_send(tx.send_until(done.value, just_now()), done.value);
        break;
      case operation_kind::clone: {
        done.value = next_handle_;
        auto clone = tx.clone();
        senders_.push_back({next_handle_++, std::move(clone)});
        return;
      }
      default:
        tx.drop();
        std::erase_if(senders_, [](const numbered_sender& one) { return !one.tx.valid(); });
        return;
    }
    ++next_value_;
  }

  void receive(instruction what, operation& done) {
    switch (what.kind) {
      case operation_kind::recv:
        done.result = outcome_of_recv(receiver_->recv(), done.value);
        break;
      case operation_kind::try_recv:
        done.result = outcome_of_recv(receiver_->try_recv(), done.value);
        break;
      case operation_kind::recv_for:
        done.result = what.which % 2 == 0 ? outcome_of_recv(receiver_->recv_for(0s), done.value)
                                          : outcome_of_recv(receiver_->recv_until(just_now()), done.value);
        break;
      default:
        receiver_.reset();
        done.result = oracle::outcome::ok;
    }
  }

  void compare(const operation& done) {
    const auto followers = step(terms_, model_, done);
    RC_ASSERT(followers.size() == 1U);  // the model accepts it
    for (const auto other : {oracle::outcome::ok, oracle::outcome::full, oracle::outcome::empty,
                             oracle::outcome::timeout, oracle::outcome::disconnected}) {
      operation otherwise = done;
      otherwise.result = other;
      if (done.result != other && belongs_to(done.kind, other)) {
        if (other == oracle::outcome::ok && is_recv(done.kind) && !model_.buffer.empty()) {
          otherwise.value = model_.buffer.front().value;  // the best excuse that a receive could have
        }
        RC_ASSERT(step(terms_, model_, otherwise).empty());
      }
    }
    if (is_recv(done.kind) && done.result == oracle::outcome::ok) {
      for (const oracle::buffered& value : model_.buffer) {
        operation otherwise = done;
        otherwise.value = value.value;
        RC_ASSERT(step(terms_, model_, otherwise).empty() == (value.value != done.value));
      }
    }
    model_ = followers.front();
    observe();
  }

  // Outcomes that the operation cannot spell are no alternatives.
  static bool belongs_to(operation_kind kind, oracle::outcome result) {
    switch (result) {
      case oracle::outcome::full:
        return kind == operation_kind::try_send;
      case oracle::outcome::empty:
        return kind == operation_kind::try_recv;
      case oracle::outcome::timeout:
        return kind == operation_kind::send_for || kind == operation_kind::recv_for;
      case oracle::outcome::disconnected:
      default:
        return is_send(kind) || is_recv(kind);
    }
  }

  void observe() const {
    const std::size_t size = model_.buffer.size();
    const auto agrees = [this, size](const auto& end) {
      RC_ASSERT(end.size() == size);
      RC_ASSERT(end.empty() == (size == 0));
      RC_ASSERT(end.full() == (terms_.capacity == size));
      RC_ASSERT(end.capacity() == terms_.capacity);
    };
    if (receiver_) {
      agrees(*receiver_);
    }
    if (!senders_.empty()) {
      agrees(senders_.front().tx);
    }
    RC_ASSERT(senders_.size() == model_.senders.size());
  }

  oracle::terms terms_;
  oracle::channel_state model_;
  std::vector<numbered_sender> senders_;
  std::optional<receiver<std::uint64_t>> receiver_;
  std::uint64_t next_value_ = 1;
  std::uint32_t next_handle_ = 1;
};

TEST(Channel, AgreesWithTheModelOnEveryOutcome) {
  holds(5'000, [](tally& did) {
    const auto [places] =
        *rc::gen::construct<bound>(rc::gen::element<capacity>(capacity(), 0, 1, 2, 3, 7)).as("channel");
    const auto program = *programs().as("program");
    pair_of_channels channels(places);
    for (const instruction one : program) {
      did.operations += channels.carry_out(one);
    }
  });
}

}  // namespace
}  // namespace plumbline::test

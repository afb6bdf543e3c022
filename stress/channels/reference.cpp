// plumbline::channel and plumbline::bounded_channel, the reference. It accepts every payload whose move does not throw;
// one whose move may does not compile (docs/contract.md).

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <utility>
#include <vector>

#include "plumbline/channel.hpp"
#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/registry.hpp"

namespace {

using namespace plumbline::oracle;

template <class Payload>
class reference {
 public:
  static constexpr contract promises{};
  static constexpr capacities sizes{.unbounded = true, .smallest = 0, .largest = capacities::any};

  reference(capacity places, std::uint32_t senders) : senders_(max_senders) {
    auto [tx, rx] = places ? plumbline::bounded_channel<Payload>(*places) : plumbline::channel<Payload>();
    for (std::uint32_t sender = 1; sender < senders; ++sender) {
      senders_[sender] = tx.clone();
    }
    senders_[0] = std::move(tx);
    receiver_ = std::move(rx);
  }

  attempt send(std::uint32_t sender, std::uint64_t value) { return sent(senders_[sender]->send(Payload(value))); }
  attempt try_send(std::uint32_t sender, std::uint64_t value) {
    return sent(senders_[sender]->try_send(Payload(value)));
  }
  attempt send_for(std::uint32_t sender, std::uint64_t value, std::chrono::nanoseconds patience) {
    return sent(senders_[sender]->send_for(Payload(value), patience));
  }
  attempt recv() { return taken(receiver_->recv()); }
  attempt try_recv() { return taken(receiver_->try_recv()); }
  attempt recv_for(std::chrono::nanoseconds patience) { return taken(receiver_->recv_for(patience)); }
  void clone(std::uint32_t sender, std::uint32_t new_sender) { senders_[new_sender] = senders_[sender]->clone(); }
  void drop_sender(std::uint32_t sender) { senders_[sender]->drop(); }
  void drop_receiver() { receiver_->drop(); }

 private:
  static outcome outcome_of(plumbline::send_failure) { return outcome::disconnected; }
  static outcome outcome_of(plumbline::try_send_failure why) {
    return why == plumbline::try_send_failure::full ? outcome::full : outcome::disconnected;
  }
  static outcome outcome_of(plumbline::send_timeout_failure why) {
    return why == plumbline::send_timeout_failure::timeout ? outcome::timeout : outcome::disconnected;
  }
  static outcome outcome_of(plumbline::recv_error) { return outcome::disconnected; }
  static outcome outcome_of(plumbline::try_recv_error why) {
    return why == plumbline::try_recv_error::empty ? outcome::empty : outcome::disconnected;
  }
  static outcome outcome_of(plumbline::recv_timeout_error why) {
    return why == plumbline::recv_timeout_error::timeout ? outcome::timeout : outcome::disconnected;
  }

  template <class Error>
  static attempt sent(const std::expected<void, Error>& result) {
    return result ? attempt(outcome::ok) : refused(outcome_of(result.error().reason), result.error().value.value());
  }
  template <class Error>
  static attempt taken(const std::expected<Payload, Error>& result) {
    return result ? received(result->value()) : attempt(outcome_of(result.error()));
  }

  std::vector<std::optional<plumbline::sender<Payload>>> senders_;  // by number
  std::optional<plumbline::receiver<Payload>> receiver_;
};

const registered_channel registered(describe<reference>("reference", PLUMBLINE_CHANNEL_VERSION));

}  // namespace

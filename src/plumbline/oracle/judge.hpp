#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "plumbline/oracle/completed_sends.hpp"
#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/in_flight.hpp"
#include "plumbline/oracle/ring.hpp"

// The rules of docs/checker.md and the state they need: what the checker of whole histories and that of streams share.
// With one receiver the order of the receives is known, and all that the contract asks of a value that was received is
// a lower bound on the instant at which it was sent; the latest of these bounds must not lie after the end of its send.
namespace plumbline::oracle {

// A rule that is broken, and the operations that show it.
struct breach {
  rule broken = rule::integrity;
  std::vector<seen> witness;
};

// Finds one breach, after which it is to be told nothing more. Operations are told in the order of their begins, except
// that a receive is told when it has ended: after all that began until then, and before all that began later. A stream
// tells a send in two parts, send_begins() and then send_succeeds() or send_fails(), and a drop, too.
class judge {
 public:
  judge(const contract& promised, oracle::capacity made_with, std::uint32_t senders);

  const std::optional<breach>& found() const noexcept { return found_; }
  // Whether the contract, as far as this history makes use of it, is decided completely. Otherwise what is found is a
  // breach all the same, but a history that breaks the contract may pass.
  bool is_complete() const noexcept { return complete_; }

  void send(const seen&);  // whole, or pending for good
  // False, and nothing done, if its value is in the channel already.
  bool send_begins(const seen&);
  // Returns it, or null if its value was received already.
  const seen* send_succeeds(std::uint64_t value, std::uint64_t end);
  // `received_at_begin`: received() when it began.
  void send_fails(const seen&, std::size_t received_at_begin);
  void receive(const seen&);
  void clone() noexcept { ++live_senders_; }
  void drop_sender(const seen&);
  void drop_sender_ends(const seen&) noexcept;
  void drop_receiver(const seen& drop) { receiver_drop_ = drop; }
  void drop_receiver_ends(const seen& drop) noexcept { receiver_drop_ = drop; }
  // No operation follows. `pending`: all that are, in the order of their begins.
  void finish(const std::vector<seen>& pending, bool quiescent);

  // How many values were received.
  std::size_t received() const noexcept { return received_; }

 protected:
  // A value that was received. For a capacity of N, the place that it leaves is that of the N-th value after it.
  struct passage {
    seen send;
    seen recv;
    seen full;  // of the sends that found no room since, and before the next receive ended, the first to end
  };

  // Values that have to arrive in the order in which they were sent: all, or those of one sender.
  struct lane {
    seen latest_send;  // of those received, the one that began last
    seen its_recv;
    std::size_t last_received = 0;  // which value of the channel the last one of this lane was, from 1
    std::size_t in_flight = 0;
    bool dropped = false;
    completed_sends completed;  // kept by streams only
  };

  void break_rule(rule broken, std::vector<seen> witness) { found_ = breach{broken, std::move(witness)}; }
  void break_after_the_receiver(const seen& gone, const seen& send);
  lane* lane_of(std::uint32_t handle);  // none if the values are not ordered
  const lane* lane_of(std::uint32_t handle) const;
  bool put_in_flight(const seen& send);
  void leave_lane(std::uint32_t handle);

  // The instant at which the peers of a sender know that the receiver is gone lies before `instant`.
  const seen* receiver_gone_before(std::uint64_t instant) const noexcept;
  std::uint64_t latest_receiver_drop() const noexcept;
  bool no_sender_since(std::uint64_t instant) const noexcept;

  // Nothing, or the breach that a send shows which ended before the others that had to precede it; `recv` is its
  // receive, if it has one.
  bool is_in_order(const seen& send, const seen* recv, const lane&);
  bool is_seen_by_empty(const seen& send, const seen* recv, const lane*);
  bool was_empty_after(std::size_t received) const noexcept;
  std::uint64_t latest_begin_before(const lane*) const noexcept;

  void receive_value(const seen& recv);
  void receive_nothing(const seen& recv);
  void receive_disconnected(const seen& recv);
  void refuse(const seen& send);
  void find_no_room(const seen& send, std::size_t received_at_begin);
  void take_place(const seen& send, const seen& recv, std::uint64_t sent_at);

  void finish_rendezvous(const std::vector<seen>& sent, const seen& recv);
  void finish_order(const std::vector<seen>& sent, const std::vector<seen>& maybe);
  void finish_places(const std::vector<seen>& sent, const std::vector<seen>& maybe, const seen& recv);
  void finish_asleep(const seen& pending, const std::vector<seen>& sent, const seen& recv);
  std::optional<breach> judge_tail(std::vector<seen> sent, const std::vector<seen>& maybe, const seen& recv,
                                   std::uint64_t base, const seen* first, bool after_nothing) const;
  std::optional<breach> judge_fulls(const std::vector<std::uint64_t>& instants, bool after_nothing) const;
  std::vector<std::uint64_t> places(std::size_t wanted, const seen& recv) const;
  std::optional<breach> judge_heads(const std::vector<seen>& sent, const std::vector<seen>& maybe) const;

  const contract promised_;
  const oracle::capacity room_;  // values that have to be buffered before a send may find no room
  const bool rendezvous_;
  const bool tells_receiver_;  // that the senders are gone
  const bool tells_senders_;   // that the receiver is
  const bool head_of_line_;    // `empty` speaks of the head only
  const bool has_places_;      // the capacity takes part in the order of linearizable channels
  bool complete_;

  in_flight sent_;                                   // and not received
  std::unordered_map<std::uint64_t, passage> open_;  // received, and the send has not ended
  std::size_t received_ = 0;
  seen taken_;  // the send of the last of them
  lane all_;
  std::unordered_map<std::uint32_t, lane> lanes_;

  seen nothing_inside_;                    // the last receive that said so
  std::size_t received_at_nothing_ = 0;    // received() then
  ring<passage> last_;                     // the last N values received; one that stands for the beginning comes first
  seen unsettled_full_;                    // of the fulls no receive has explained or refuted, the first to end
  std::optional<std::size_t> full_after_;  // the last number of values received after which the channel was full
  std::uint64_t last_send_end_ = 0;
  std::size_t open_sends_ = 0;

  std::size_t live_senders_;  // whose drop has not begun
  std::size_t open_drops_ = 0;
  seen last_drop_;  // to end
  std::uint64_t last_drop_end_ = 0;
  seen disconnected_;  // the first receive that said so
  seen receiver_drop_;
  seen refusal_;  // of the sends that reported `disconnected`, the first to end

  std::optional<breach> found_;
};

}  // namespace plumbline::oracle

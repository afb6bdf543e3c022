#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/verdict.hpp"

// The brute-force checker: exact for every contract, and only for small histories. It is the check of every cleverer
// one.
namespace plumbline::oracle {

// What the history says of the contract that it declares.
//
// Conforms, if linearize() finds an order. If there is none, the verdict names
// - a breach that is seen without any search: a value received that nobody sent, received twice, received before its
// send
//   began (INTEGRITY), or received although its send reported `full` (INTEGRITY), `timeout` (TIMEOUT-CLEAN) or
//   `disconnected` (SEND-DISCONNECTED); else
// - the rule without which there is an order: the first such in the sequence FIFO, SENDER-ORDER, EMPTY-HONEST,
//   FULL-HONEST, CAPACITY, RENDEZVOUS, TIMEOUT-CLEAN, RECV-DISCONNECTED, SEND-DISCONNECTED, WAKE-RECV, WAKE-SEND,
//   NO-LOSS, which begins with what is seen directly and ends with what can explain almost everything (to take out
//   NO-LOSS lets any value be gone). If there is no such rule, several are broken: then the same is asked of the
//   history up to the operation whose end made it illegal, then for two rules of which the first is named, then for as
//   many rules from the front of that sequence as it takes, of which the last is named.
// The witness is a smallest set of operations that is illegal by itself and breaks the same rule: none of its values,
// and none of its other operations, can be left out. The sentence is because()'s, about the witness.
//
// Requires that the history is not malformed().
verdict search(const history&, const search_budget& = {});

// What is left of a history (indices) if operation `i` is left out, and what cannot be there without it: the receive of
// its value, all that was done with the sender that it made. If the history keeps its contract, so does what is left;
// hence none, where the absence alone could make the rest illegal: of a value that made a channel full, of a drop that
// disconnected it, of a send that licensed an `empty`.
std::optional<std::vector<std::size_t>> leave_out(const history&, std::size_t i);

// The operations at these indices, as a history of their own.
history sub_history(const history&, std::span<const std::size_t> kept);

}  // namespace plumbline::oracle

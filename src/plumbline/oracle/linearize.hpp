#pragma once

#include <cstddef>
#include <optional>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/linearization.hpp"
#include "plumbline/oracle/model.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

// How much a search may cost. Beyond it the answer is `unknown`.
struct search_budget {
  static constexpr std::size_t most_operations = 64;  // one bit each in a word

  std::size_t operations = 40;     // in a history; more are not even tried
  std::size_t states = 1'000'000;  // visited in the search for one order; each takes about 30 bytes
};

// Whether the operations can have taken effect one after another, each at an instant between its begin and its end, so
// that the model, held to the rules in force, allows all their outcomes. Tries every order (Wing and Gong), except
// those that lead to a state of the model that was reached before with the same operations done (Lowe). Exact.
//
// - A pending operation may or may not have taken effect. In a quiescent history none has (else it would have
// returned),
//   and in the last state none should have returned (WAKE-RECV, WAKE-SEND); if the rule is not in force for the side
//   that the operation is on, it is pending like any other.
// - Operations of the receiver, and on a handle and its drop, take effect in the order in which they are listed, even
//   where their time stamps are equal. All others with equal stamps overlap, those of one thread too.
// - `empty` and a timed-out receive are also allowed where the contract says so: head-of-line, if at that instant none
// of
//   the values that could be received next comes from a send that has ended; weak, if a send was in progress
//   during the call.
//
// Requires that the history is not malformed(). `unknown` if the budget ran out.
judgement linearize(const history&, rule_set in_force = rule_set::all(), const search_budget& = {});

// The order that linearize() finds with all rules in force; none if it finds none.
std::optional<linearization> find_order(const history&, const search_budget& = {});

}  // namespace plumbline::oracle

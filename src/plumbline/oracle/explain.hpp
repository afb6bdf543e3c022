#pragma once

#include <string>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// Why a history is illegal that breaks this rule and is as small as it can be: one sentence in terms of its operations,
// with neither a capital at its front nor a full stop at its end.
std::string because(const history& smallest, rule broken);

// An operation in a sentence or a picture: "send(7)", "recv", "drop(sender 1)"; and with its outcome: "recv→7",
// "try_recv→empty", "send(7)…" if it is pending. `arrow` and `dots` as they can be printed.
std::string name(const operation&);
std::string label(const operation&, const char* arrow = "→", const char* dots = "…");

// What the history keeps after all, said as the difference from what it declared: "order=per-sender instead of
// linearizable". "everything it declares" if there is none.
std::string difference(const contract& declared, const contract& kept);

}  // namespace plumbline::oracle

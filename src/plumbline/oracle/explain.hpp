#pragma once

#include <cstdint>
#include <string>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// Whether a history is all that there was (or a part that stands for it), or what a stream has seen until now and has
// not forgotten: then what has not happened still may, and something may have been inside that is not shown.
enum class extent : std::uint8_t { whole, so_far };

// Why a history is illegal that breaks this rule and is as small as it can be: one sentence in terms of its operations,
// with neither a capital at its front nor a full stop at its end. If there is no plainer reason, the operations that
// cannot all be so.
std::string because(const history& smallest, rule broken, extent = extent::whole);

// An operation in a sentence or a picture: "send(7)", "recv", "drop(sender 1)"; and with its outcome: "recv→7",
// "try_recv→empty", "send(7)…" if it is pending. `arrow` and `dots` as they can be printed.
std::string name(const operation&);
std::string label(const operation&, const char* arrow = "→", const char* dots = "…");

// What the history keeps after all, said as the difference from what it declared: "order=per-sender instead of
// linearizable". "everything it declares" if there is none.
std::string difference(const contract& declared, const contract& kept);

}  // namespace plumbline::oracle

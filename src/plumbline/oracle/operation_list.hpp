#pragma once

#include <expected>
#include <iosfwd>
#include <string>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/jsonl.hpp"

// The lists of operations that other checkers of queues read, each operation with its begin and its end:
// docs/history-format.md. They know sends, receives and `empty` on an unbounded queue, all of them ended; the promise
// is the strongest.
namespace plumbline::oracle {

// The history in a list, which is well-formed; or the first line that is wrong, and why. The operations of a list may
// come in any order.
//
// PolyLin's rows do not say who sent: sends that overlap are given to senders, and threads, of their own, as few as it
// takes. There an operation that begins at the stamp at which another one ended comes after it; here the two would
// overlap. So where that happens all stamps are doubled, and one is added to the begins.
std::expected<history, read_error> read_polylin(std::istream&);
// Each ClientId is a thread, and those that send are senders. No operation is longer than 64 KiB.
std::expected<history, read_error> read_porcupine(std::istream&);

// Writes the history, which is not malformed(), or nothing. The error says in one sentence what in it such a list
// cannot say. What is lost: PolyLin's rows do not tell `try_` and `_for` from plain operations, and no list tells which
// sender a thread used.
std::expected<void, std::string> write_polylin(std::ostream&, const history&);
std::expected<void, std::string> write_porcupine(std::ostream&, const history&);

}  // namespace plumbline::oracle

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/verdict.hpp"

namespace plumbline::oracle {

// The checker of a channel at work: it is told the begin and the end of each operation when they happen, and says what
// check() would say of the history so far. Its memory is bounded by the operations that are open, the values that are
// in the channel, the capacity, and the number of senders; it does not grow with time.
//
// A breach is reported at the event after which the history cannot be continued to one that conforms, or a few events
// later, and never earlier. (What is decided when: docs/checker.md.)
//
// Events come in the order of their time stamps; of those with equal stamps the begins come first. What malformed()
// calls a malformed history is an error here, too, as far as that is seen: std::invalid_argument with one sentence.
class stream {
 public:
  // An event takes O(log n), but for two at which more is looked at, so that a breach is reported at once: an `empty`
  // of a per-sender channel with empty=head-of-line (each sender), and the end of a send that was under way when the
  // receiver went (all that is open or inside). `early`: false leaves that to finish().
  stream(const contract& promised, oracle::capacity made_with, std::uint32_t senders, bool early = true);
  stream(stream&&) noexcept;
  stream& operator=(stream&&) noexcept;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream();

  // An operation begins: its thread, handle, kind and begin are read and, if it is a send, its value.
  void begin(const operation&);
  // The open operation of that thread ends: its result and end are read and, if it received one, its value.
  void end(const operation&);

  // Whether a breach was found. From then on, events are ignored.
  bool violated() const noexcept;
  // What is known when no event follows: the verdict on the history that ends here. `quiescent`: nothing moved any
  // more, so what is open will not end. The indices of the witness number the operations in the order of their begins.
  verdict finish(bool quiescent);
  // The operations of the witness, in that order, as a history of as many senders as are there still. They show the
  // breach, but more of them may be needed to prove it: what was inside long ago is not kept.
  history witness() const;

 private:
  class watcher;
  std::unique_ptr<watcher> watcher_;
};

// Tells a stream the events of a history in their order; its end is not told.
void replay(const history&, stream&);

}  // namespace plumbline::oracle

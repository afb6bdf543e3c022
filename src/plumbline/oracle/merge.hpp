#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/ring.hpp"
#include "plumbline/oracle/stream.hpp"

namespace plumbline::oracle {

// Puts the events of several threads, each of which are told in their own order, into the order of time, and tells them
// to a stream. An event waits until nothing can come before it any more: until each thread is known to have nothing
// earlier to say. So the memory is that of the threads' lag behind one another. For one thread that collects.
class merge {
 public:
  // `to` has to outlive it.
  merge(stream& to, std::size_t threads);

  // As stream's, of a thread below `threads`; stamps are less than 2^63 - 1, or it is std::invalid_argument.
  void begin(const operation&);
  void end(const operation&);
  // That thread has no event with a lesser stamp to tell than this one: it was seen to be idle, or blocked in an
  // operation, at that time. Without it a thread that says nothing holds all the others back.
  void quiet_until(std::uint32_t thread, std::uint64_t stamp);

  // Tells the stream what nothing can precede any more.
  void advance();
  // Tells it the rest: no event follows.
  void finish();

 private:
  // The operations of one thread that are not told, or whose end is not.
  struct track {
    ring<operation> operations;
    std::size_t begun = 0;  // of these were told to begin
    std::uint64_t low = 0;  // nothing earlier follows
    bool says_nothing = true;
  };

  // The next event of a thread: twice its stamp, and one more if it is an end.
  struct next_event {
    std::uint64_t when = operation::never;
    std::size_t thread = 0;
  };

  void look_at(std::size_t thread);
  void tell_until(std::uint64_t until);

  stream& to_;
  std::vector<track> tracks_;  // of a power of two of threads
  // A tournament: the node n has what comes first of the nodes 2n and 2n+1; the leaves have what each thread says next.
  std::vector<next_event> first_;
};

}  // namespace plumbline::oracle

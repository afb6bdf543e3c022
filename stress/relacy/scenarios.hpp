#pragma once
// The client programs that are explored, as data, and what runs them on the real channel over relacy_sync.

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "world.hpp"

namespace plumbline::stress {

// A program is words, one an operation. Handles that are left are dropped after all threads have ended.
//   receiver   recv  try_recv  recv_for  recv_for_ever (for the longest duration that there is)  size  drop
//              recv_all (until disconnected)  iterate (the same, by iterators)
//   senders    send  try_send  send_for  size  clone (the new sender is the one used from then on)  drop (of that in
//   use)
//              send_throwing, send_stalling, send_exploding (a value whose move throws, whose move waits until the
//              receiver has received something, whose destructor throws; not every channel takes such)
struct scenario {
  std::string_view name;
  std::optional<std::size_t> capacity;  // none: unbounded
  std::string_view receiver;
  std::vector<std::string_view> senders;  // one thread each
  std::string_view about;                 // what it is after, in a sentence
  std::vector<search> deeper;             // what is searched beyond quick_searches(); each ends within seconds
};

std::string_view source_of_the_channel();  // what a trace says before the number of a line of the channel
std::span<const scenario> scenarios();
std::span<const search> quick_searches();  // of every scenario
const scenario* find_scenario(std::string_view name);

// A scenario as a client of `explore`. Each execution is judged: values (INTEGRITY, LIFETIME), deadlines, and the whole
// history by oracle::linearize, once for each history that differs from those seen before.
class scenario_run : public client {
 public:
  virtual std::uint64_t histories() const = 0;  // how many that differ: the outcomes, and who ended before whom began
};
// `written`, if there is one, gets each of these histories, a line each, as spec/judge reads them.
std::unique_ptr<scenario_run> make_run(const scenario&, std::ostream* written = nullptr);

}  // namespace plumbline::stress

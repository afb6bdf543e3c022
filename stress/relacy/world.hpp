#pragma once
// The world in which a model-checked program runs: threads that are fibers, a scheduler that tries their interleavings,
// and mutexes, condition variables, shared data, memory and time that it knows of. explore.cpp and world.cpp make it
// out of Relacy.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>

namespace plumbline::stress {

// How interleavings are chosen.
//   bound:N   all that take the processor away from a thread at most N times while it could go on; on top of that, one
//             spurious wake-up at any place
//   full      all; with one spurious wake-up. Ends for very small programs only
//   random:N  N random ones, with up to ten spurious wake-ups a condition variable
struct search {
  enum class kind : std::uint8_t { bound, full, random };
  kind how = kind::bound;
  std::uint64_t limit = 0;
};
std::optional<search> parse_search(std::string_view text);
std::string to_string(search);

// A program to be explored: it is run from begin() to end() once for each interleaving, and must do the same thing each
// time that the scheduler does. At most 4 threads.
class client {
 public:
  client() = default;
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  virtual ~client() = default;

  virtual std::size_t threads() const = 0;
  virtual const char* name_of(std::size_t thread) const = 0;
  // What the channel calls the condition variables and the shared data that it makes in begin(), in that order. None:
  // traces have "a condition variable" and "shared data".
  virtual std::span<const char* const> condition_names() const { return {}; }
  virtual std::span<const char* const> data_names() const { return {}; }
  virtual void begin() = 0;                  // before any thread runs
  virtual void run(std::size_t thread) = 0;  // each thread
  virtual void end() = 0;                    // after all of them have ended; gives back all memory that begin() took
};

struct failure {
  std::string verdict;  // one sentence
  std::string trace;    // the execution as a table, if it was asked for
};

struct exploration {
  std::uint64_t executions = 0;  // that were run, the failing one included
  bool in_time = true;           // else it was stopped before it had gone through all
  double seconds = 0;
  std::optional<failure> failed;
};

// Explores until an execution fails, or the search is exhausted. With `traced`, stops after that execution (they are
// numbered from 1, and the numbering is the same each time) and returns its trace if it fails. Stops when `time` is up.
exploration explore(client&, search, std::uint64_t traced = 0,
                    std::chrono::duration<double> time = std::chrono::duration<double>::max());

// What the explored program calls.
namespace world {

using place = std::source_location;
using instant = std::chrono::nanoseconds;  // since the beginning of the execution
enum class id : std::uint32_t {};

id make_mutex();
void unmake_mutex(id);
void lock(id mutex, place);
void unlock(id mutex, place);

id make_condition();
void unmake_condition(id);
void wait(id condition, id mutex, std::optional<instant> deadline,
          place);  // wakes when notified, late, or for no reason
void notify_one(id condition, place);
void notify_all(id condition, place);

// A witness of data that is guarded by a mutex: two accesses that nothing orders are a data race.
id make_witness();
void unmake_witness(id);
void access(id witness, place);

// An atomic, as a number: before each access the scheduler may let others go on, and a load may find an older value if
// the memory orders allow it. What changes a value that it has read is sequentially consistent.
id make_atomic(std::uint64_t initial);
void unmake_atomic(id);
std::uint64_t load(id atomic, std::memory_order, place);
void store(id atomic, std::uint64_t value, std::memory_order, place);
std::uint64_t exchange(id atomic, std::uint64_t value, place);
std::uint64_t fetch_add(id atomic, std::uint64_t value, place);
std::uint64_t fetch_or(id atomic, std::uint64_t value, place);
bool compare_exchange(id atomic, std::uint64_t& expected, std::uint64_t value, place);
void fence(place);  // sequentially consistent
void spin(place);   // in a loop that waits for another thread: lets the others go on

// Any amount of time may have passed since the last look, so each look is a choice of the scheduler.
instant look_at_clock();
// The same of a clock that somebody may set: now and then it is an hour further. (The scheduler chooses when.)
instant look_at_settable_clock();
// The time without a choice.
instant time();

std::size_t this_thread();
bool holds_mutex();
[[noreturn]] void fail(std::string_view because);  // this execution is wrong; one sentence
bool tracing();
void note(std::string_view what);  // a line of the trace; `[`…`]` around it sets an operation's boundary off

// What is allocated in its scope is not the explored program's: it is no leak, and it outlives the execution.
class outside {
 public:
  outside() noexcept;
  ~outside();
  outside(const outside&) = delete;
  outside& operator=(const outside&) = delete;
};

}  // namespace world
}  // namespace plumbline::stress

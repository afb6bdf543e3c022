#pragma once
// Runs one client program after another on real threads, and records what the channel did.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/black_box.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/program.hpp"
#include "plumbline/oracle/recorder.hpp"
#include "plumbline/oracle/scheduling.hpp"
#include "plumbline/oracle/tracked.hpp"

namespace plumbline::oracle {

// Something wrong that a history does not show: a value that came back changed, a deadline that was not waited for, a
// payload that was not destroyed.
struct fault {
  rule broken;
  std::string because;
};

// What was seen of one run.
struct observation {
  history recorded;
  std::vector<fault> faults;
  std::string threw;        // why it cannot be judged: an operation threw, or the channel could not be made
  bool overflowed = false;  // the recorder was too small, so the history is not whole
  bool tracked = false;     // the channel carried tracked payloads: LIFETIME was looked at
};

// A set of threads on which programs run: each sender script on one of them, the receiver on the caller's. They are
// started once and kept, so that thousands of programs run in a second.
class runner {
 public:
  // `promised` is written into the histories. What runs, and the records of it, are in `seen`, which outlives this; in
  // memory of its own, if nobody wants to see them.
  runner(const channel_type&, contract promised, black_box::job* seen = nullptr);
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;
  ~runner();  // waits for the threads: no program may be running

  // Runs the program on a new channel; blocks until every thread has finished and the channel is gone. `perturbation`
  // seeds the pauses between operations; the threads are scheduled as is said. `index` and `round`: what is said to
  // run.
  observation run(const program&, std::uint64_t perturbation, const scheduling&, std::uint64_t index,
                  std::uint64_t round = 0);

  // The rest is for a watchdog, which looks on from another thread.

  // Which program runs; none between programs.
  std::optional<std::uint64_t> running() const noexcept;
  // Grows as long as something happens that is more than polling.
  std::uint64_t heartbeat() const noexcept;
  // Whether every thread that has not finished the program sleeps, or has used at least `enough` processor time since
  // watch_turns(): if not, it may just not have had its turn on a busy machine.
  void watch_turns();
  bool had_their_turn(std::chrono::nanoseconds enough) const;
  // What of the channel is under way beside its operations: "construction" or "destruction"; empty: neither.
  std::string_view under_way() const noexcept;
  // Makes a receiver that polls stop, so that nothing moves any more; abandoned() is what there is then.
  void stop_polling() noexcept { stop_polling_.store(true, std::memory_order_release); }
  observation abandoned() const;

 private:
  // A thread as the operating system sees it.
  struct watched_thread {
    std::atomic<int> id{0};
    std::atomic<bool> busy{false};
    std::atomic<clockid_t> processor_clock{0};
    std::chrono::nanoseconds used_before{0};  // the watchdog's

    void is_this_thread() noexcept;
    bool asleep() const;
    std::chrono::nanoseconds used() const noexcept;
  };

  void work(std::uint32_t thread);
  void line_up();
  void run_sender(std::uint32_t thread);
  void run_receiver(std::uint32_t thread);
  void drain(std::uint32_t thread, class perturber&);
  void receive_all_that_was_sent(std::uint32_t thread, class perturber&, const request& receive);
  attempt perform(std::uint32_t thread, const request&);
  attempt payload_threw_in(track&, const request&, std::uint64_t value);
  void let_go_of(std::uint32_t held_sender);
  void report(fault);
  void wait_for_senders() noexcept;
  std::string lifetime_fault(bool channel_is_gone) const;

  const channel_type& type_;
  const contract promised_;
  const std::unique_ptr<black_box::job> own_;
  recorder& recorder_;
  running_program& running_;
  ledger ledger_;

  // The program that runs. Written by the caller of run() before it lets the threads go.
  const program* program_ = nullptr;
  std::uint64_t perturbation_ = 0;
  scheduling scheduling_;
  std::optional<program::held_sender> held_;  // by a value of the program
  std::unique_ptr<channel_under_test> channel_;
  enum class stage : std::uint8_t { being_made, in_use, being_destroyed };
  std::atomic<stage> stage_{stage::in_use};
  std::atomic<std::uint32_t> lined_up_{0};
  std::atomic<std::uint32_t> senders_running_{0};
  std::atomic<bool> stop_polling_{false};
  std::atomic<std::uint64_t> sent_{0};  // values: so many sends of the program have succeeded
  std::uint64_t received_ = 0;          // values, by the receiver
  std::atomic<std::uint64_t> runs_{0};

  mutable std::mutex found_mutex_;
  std::vector<fault> faults_;
  std::string threw_;
  history being_recorded_;  // all but its operations; for the watchdog too, so guarded

  std::vector<std::unique_ptr<std::atomic<int>>> turns_;  // raised to let a thread run the program; negative: to end
  std::vector<std::unique_ptr<watched_thread>> watched_;  // the sender threads', then the receiver's
  std::vector<std::thread> threads_;
};

}  // namespace plumbline::oracle

#include "plumbline/oracle/scheduling.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace plumbline::oracle {
namespace {

// Added to the nice value: about half of the processor time that others get. With a tenth (10), a program took seconds
// on a machine that is busy with other things.
constexpr int lower_priority = 3;

// What this process may use and do. A priority that could be lowered, but not raised again, is not touched.
struct possible {
  std::vector<int> processors;
  bool pins = false;
  bool lowers = false;
  int usual = 0;  // nice value

  possible() {
    cpu_set_t all;
    CPU_ZERO(&all);
    if (sched_getaffinity(0, sizeof all, &all) == 0) {
      for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        if (CPU_ISSET(processor, &all)) {
          processors.push_back(processor);
        }
      }
    }
    usual = getpriority(PRIO_PROCESS, 0);
    std::thread([this, &all] {  // which is tried on a thread that ends
      pins = processors.size() > 1 && sched_setaffinity(0, sizeof all, &all) == 0;
      const auto myself = static_cast<id_t>(gettid());
      lowers = setpriority(PRIO_PROCESS, myself, usual + lower_priority) == 0 &&
               setpriority(PRIO_PROCESS, myself, usual) == 0;
    })
        .join();
  }
};

const possible& what_is_possible() {
  static const possible found;
  return found;
}

constexpr int anywhere = -1;
thread_local int pinned_to = anywhere;
thread_local bool is_lowered = false;

void pin(int processor) noexcept {
  if (processor == pinned_to) {
    return;
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int one : what_is_possible().processors) {
    if (processor == anywhere || processor == one) {
      CPU_SET(one, &set);
    }
  }
  if (sched_setaffinity(0, sizeof set, &set) == 0) {
    pinned_to = processor;
  }
}

void lower(bool wanted) noexcept {
  if (wanted != is_lowered && setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
                                          what_is_possible().usual + (wanted ? lower_priority : 0)) == 0) {
    is_lowered = wanted;
  }
}

}  // namespace

scheduling::scheduling(random_source random, std::uint32_t threads) {
  switch (random.below(12)) {
    case 0:
      where_ = placement::together;
      break;
    case 1:
      where_ = placement::apart;
      break;
    case 2:
      lower_ = random.below(threads);
      break;
    default:
      break;
  }
  first_ = random.below(1024);
}

void scheduling::apply(std::uint32_t thread) const noexcept {
  const possible& may = what_is_possible();
  if (may.pins) {
    const std::size_t which = where_ == placement::together ? first_ : first_ + thread;
    pin(where_ == placement::anywhere ? anywhere : may.processors[which % may.processors.size()]);
  }
  if (may.lowers) {
    lower(lower_ == thread);
  }
}

std::string scheduling::permitted() {
  const possible& may = what_is_possible();
  const std::string pinning =
      may.pins ? fmt::format("threads pinned to {} processors", may.processors.size())
               : fmt::format("no thread pinned ({})",
                             may.processors.size() > 1 ? "it is not permitted" : "there is one processor");
  return pinning + (may.lowers ? ", or one of a lower priority" : ", none of a lower priority (it is not permitted)");
}

}  // namespace plumbline::oracle

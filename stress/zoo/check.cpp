// The channels of the zoo without the oracle: for what no history shows. Built as it is, and with ThreadSanitizer and
// AddressSanitizer, by ci/zoo.
//
//   plumbline_zoo_check CHANNEL [SECONDS]
//
// Looks at size() from a third thread, at values whose move throws or waits or whose destructor throws, and at who
// destroys what; repeats until the time is up. Exit codes: 0 nothing found; 1 something found, said in one line (a
// sanitizer says it in its own way); 3 misuse.

#include <atomic>
#include <barrier>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "channels.hpp"
#include "sync.hpp"

namespace {

using namespace plumbline::zoo;
using zoo_sync = thread_sync<true>;
template <class Channel>
constexpr auto now_or_never = Channel::time_point::min();
template <class Channel>
constexpr auto for_ever = Channel::time_point::max();

[[noreturn]] void violates(const char* rule, const char* what) {
  std::printf("violates %s: %s\n", rule, what);
  std::fflush(stdout);
  std::_Exit(1);  // threads may be blocked inside the channel
}

// A value with memory of its own, so that the sanitizers see who touches it and who frees it.
class payload {
 public:
  static inline std::atomic<int> alive{0};

  explicit payload(int value) : value_(new int(value)) { alive.fetch_add(1); }
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): that it may throw is the point
  payload(payload&& other) : value_(std::move(other.value_)) {
    if (value_ && *value_ == throws) {
      value_ = nullptr;
      alive.fetch_sub(1);
      throw std::runtime_error("this value does not like to be moved");
    }
    if (value_ && *value_ == stalls && !moved.exchange(true)) {
      while (!may_go_on.load()) {
        std::this_thread::yield();
      }
    }
  }
  payload& operator=(payload&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  payload(const payload&) = delete;
  payload& operator=(const payload&) = delete;
  // NOLINTNEXTLINE(bugprone-exception-escape): that it may throw is the point
  ~payload() noexcept(false) {
    if (value_) {
      alive.fetch_sub(1);
      if (*value_ == explodes) {
        throw std::runtime_error("this value does not like to go");
      }
    }
  }

  int value() const { return *value_; }

  static constexpr int throws = -1;    // when it is moved
  static constexpr int explodes = -2;  // when it is destroyed
  static constexpr int stalls = -3;    // its first move of all, until
  static inline std::atomic<bool> moved{false};
  static inline std::atomic<bool> may_go_on{false};

 private:
  std::unique_ptr<int> value_;
};

template <class Channel>
void require_size(const Channel& channel, std::size_t size) {
  if constexpr (requires { channel.size(); }) {
    if (channel.size() != size) {
      violates("CAPACITY", "size() is not the number of values, though nothing else is going on");
    }
  }
}

// One thread: sizes at each border between blocks and laps, and (host K) a value whose move throws.
template <class Channel>
void alone(std::atomic<const char*>& broken_if_it_hangs) {
  const owned<Channel> it(8, 1);
  std::optional<payload> into;
  for (int round = 0; round < 4; ++round) {
    broken_if_it_hangs.store("WAKE-SEND");
    for (int i = 1; i <= 7; ++i) {
      payload mine(i);
      if (it->send(0, mine, for_ever<Channel>) != status::done) {
        violates("FULL-HONEST", "a send failed beside room");
      }
      require_size(*it.operator->(), static_cast<std::size_t>(i));
    }
    broken_if_it_hangs.store("WAKE-RECV");
    for (int i = 1; i <= 7; ++i) {
      if (it->recv(into, now_or_never<Channel>) != status::done || into->value() != i) {
        violates("FIFO", "another value was due");
      }
      require_size(*it.operator->(), static_cast<std::size_t>(7 - i));
    }
  }
  if constexpr (owned<Channel>::is_bounded) {
    payload bad(payload::throws);
    bool threw = false;
    try {
      static_cast<void>(it->send(0, bad, now_or_never<Channel>));
    } catch (const std::runtime_error&) {
      threw = true;
    }
    if (!threw) {
      violates("INTEGRITY", "the exception of a value's move was swallowed");
    }
    payload good(1);
    static_cast<void>(it->send(0, good, now_or_never<Channel>));
    if (it->recv(into, now_or_never<Channel>) != status::done || into->value() != 1) {
      violates("NO-LOSS", "a value that was sent after one whose move threw is not received");
    }
  }
}

// A sender is stalled where its value is moved; another sends meanwhile.
template <class Channel>
void beside_a_stalled_sender() {
  owned<Channel> it(8, 2);
  const std::jthread stalled([&it] {
    payload mine(payload::stalls);
    static_cast<void>(it->send(0, mine, for_ever<Channel>));
  });
  while (!payload::moved.load()) {
    std::this_thread::yield();
  }
  payload mine(1);
  static_cast<void>(it->send(1, mine, for_ever<Channel>));
  std::optional<payload> into;
  if (it->recv(into, for_ever<Channel>) != status::done || into->value() != 1) {
    violates("NO-LOSS", "a value is not received while another's sender is stalled");
  }
  payload::may_go_on.store(true);
}

// The receiver goes while there is a value whose destructor throws, and another behind it.
template <class Channel>
void with_a_destructor_that_throws() {
  owned<Channel> it(8, 1);
  for (const int value : {payload::explodes, 1}) {
    payload mine(value);
    static_cast<void>(it->send(0, mine, for_ever<Channel>));
  }
  bool threw = false;
  try {
    it.drop_receiver();
  } catch (const std::runtime_error&) {
    threw = true;
  }
  if (!threw) {
    violates("INTEGRITY", "the exception of a value's destructor was swallowed");
  }
  if (payload::alive.load() != 0) {
    violates("LIFETIME", "a destructor threw, and the values behind it were not destroyed");
  }
}

// Two senders, the receiver, and an observer, who start together. What the receiver takes before it goes is drawn.
template <class Channel>
void together(unsigned round) {
  constexpr std::size_t capacity = 2;
  constexpr int values = 3;
  {
    owned<Channel> it(capacity, 2);
    std::barrier start(4);
    std::atomic<bool> done{false};
    std::vector<std::jthread> threads;
    threads.reserve(2);
    for (std::uint32_t sender = 0; sender < 2; ++sender) {
      threads.emplace_back([&, sender] {
        start.arrive_and_wait();
        for (int i = 0; i < values; ++i) {
          payload mine(static_cast<int>(sender) * values + i);
          if (it->send(sender, mine, for_ever<Channel>) == status::disconnected) {
            break;
          }
        }
        it.drop_sender(sender);
      });
    }
    std::jthread observer([&] {
      start.arrive_and_wait();
      if constexpr (owned<Channel>::is_bounded) {
        while (!done.load()) {
          if (it->size() > capacity) {
            violates("CAPACITY", "size() said more than the capacity");
          }
        }
      }
    });
    start.arrive_and_wait();
    std::optional<payload> into;
    const unsigned most = owned<Channel>::tells_senders ? round % 8 : 8;
    for (unsigned taken = 0; taken < most && it->recv(into, for_ever<Channel>) == status::done; ++taken) {
      static_cast<void>(into->value());
    }
    into.reset();
    done.store(true);
    observer.join();  // before the receiver goes: a channel that frees itself must not be looked at any more
    it.drop_receiver();
    threads.clear();
    if (owned<Channel>::tells_senders && payload::alive.load() != 0) {
      violates("LIFETIME", "both ends are gone, and a value is left that nobody can receive");
    }
  }
  if (payload::alive.load() != 0) {
    violates("LIFETIME", "the channel is gone, and a value was never destroyed");
  }
}

template <class Channel>
void check(std::chrono::duration<double> time) {
  // An operation that never returns is a finding, too: there is room for each send, and no receive is to wait.
  std::atomic<const char*> broken_if_it_hangs{"WAKE-SEND"};
  std::jthread watchdog([&broken_if_it_hangs](const std::stop_token& stop) {
    const auto began = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      if (std::chrono::steady_clock::now() - began > std::chrono::seconds(3)) {
        violates(broken_if_it_hangs.load(), "an operation hangs that had nothing to wait for");
      }
      std::this_thread::yield();
    }
  });
  alone<Channel>(broken_if_it_hangs);
  if constexpr (!requires { Channel::waits_for_moves; }) {
    beside_a_stalled_sender<Channel>();
  }
  if constexpr (requires { Channel::drains_past_exceptions; }) {
    with_a_destructor_that_throws<Channel>();
  }
  watchdog.request_stop();
  watchdog.join();
  const auto until = std::chrono::steady_clock::now() + time;
  unsigned rounds = 0;
  for (; std::chrono::steady_clock::now() < until; ++rounds) {
    together<Channel>(rounds);
  }
  std::printf("nothing found in %u rounds\n", rounds);
}

}  // namespace

int main(int count, char** arguments) {
  struct entry {
    std::string_view name;
    void (*check)(std::chrono::duration<double>);
  };
  static const auto all = for_each_channel([](auto kind, std::string_view name) {
    return entry{name, &check<typename decltype(kind)::template channel<payload, zoo_sync>>};
  });
  double seconds = 1;
  if (count == 3) {
    const std::string_view word = arguments[2];
    const auto [end, error] = std::from_chars(word.begin(), word.end(), seconds);
    if (error != std::errc() || end != word.end() || !(seconds > 0)) {
      std::fprintf(stderr, "plumbline_zoo_check: '%s' is no number of seconds greater than 0\n", arguments[2]);
      return 3;
    }
  }
  for (const entry& one : all) {
    if ((count == 2 || count == 3) && one.name == arguments[1]) {
      one.check(std::chrono::duration<double>(seconds));
      return 0;
    }
  }
  std::fputs("plumbline_zoo_check: which channel? usage: plumbline_zoo_check CHANNEL [SECONDS]; the channels:", stderr);
  for (const entry& one : all) {
    std::fprintf(stderr, " %.*s", static_cast<int>(one.name.size()), one.name.data());
  }
  std::fputs("\n", stderr);
  return 3;
}

// Channels that end the process in which they are judged, and adapters that say what they must not: each a few lines
// over a sound host.

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "broken_channel.hpp"
#include "plumbline/oracle/export_plugin.hpp"

namespace {

using namespace plumbline::oracle;

struct host : broken::channel<broken::fault::none> {
  using channel::channel;
};

void wait_for_ever() {
  for (;;) {
    pause();
  }
}

struct exits : host {
  using host::host;
  attempt recv() { std::exit(0); }
};
struct quick_exits : host {
  using host::host;
  attempt recv() { std::quick_exit(0); }
};
struct leaves_at_once : host {
  using host::host;
  attempt recv() { _exit(0); }
};
struct exits_in_a_thread : host {
  using host::host;
  attempt recv() {
    std::thread([] { std::exit(0); }).join();
    return host::recv();
  }
};
struct is_killed : host {
  using host::host;
  attempt recv() {
    raise(SIGKILL);
    return host::recv();
  }
};
struct crashes_in_a_thread : host {
  using host::host;
  attempt recv() {
    std::thread([] { std::abort(); }).join();
    return host::recv();
  }
};
struct traps : host {
  using host::host;
  attempt recv() {
    raise(SIGTRAP);
    return host::recv();
  }
};
struct is_hung_up : host {
  using host::host;
  attempt recv() {
    raise(SIGHUP);
    return host::recv();
  }
};
struct stops : host {
  using host::host;
  attempt recv() {
    raise(SIGSTOP);
    return host::recv();
  }
};
struct interrupts : host {
  using host::host;
  attempt recv() {
    raise(SIGINT);
    raise(SIGTERM);
    return host::recv();
  }
};
// Goes elsewhere, too: what is kept has to be where the command was started.
struct lies_once_and_crashes_then : host {
  lies_once_and_crashes_then(capacity places, std::uint32_t senders) : host(places, senders) {
    if (chdir("/") != 0) {
      std::abort();
    }
  }
  attempt recv() {
    static std::atomic<bool> has_lied{false};
    const attempt said = host::recv();
    if (said.value != 1U) {
      return said;
    }
    if (has_lied.exchange(true)) {
      std::abort();
    }
    return received(1000);
  }
};
struct cannot_be_made : host {
  cannot_be_made(capacity places, std::uint32_t senders) : host(places, senders) {
    throw std::runtime_error("no room for a channel");
  }
};

struct never_made : host {
  never_made(capacity places, std::uint32_t senders) : host(places, senders) { wait_for_ever(); }
};
struct never_destroyed : host {
  using host::host;
  ~never_destroyed() { wait_for_ever(); }
};

struct says_full_of_a_send_that_waits : host {
  using host::host;
  attempt send(std::uint32_t, std::uint64_t) { return outcome::full; }
};
// Once, and not among the first: in the middle of draining.
struct says_full_of_a_receive : host {
  using host::host;
  attempt try_recv() {
    static std::atomic<int> refusals{0};
    const attempt said = host::try_recv();
    return said.result == outcome::empty && ++refusals == 100 ? outcome::full : said;
  }
};
struct says_nothing : host {
  using host::host;
  attempt recv() { return outcome::pending; }
};

// Nothing ever gets into it.
struct takes_nothing {
  static constexpr contract promises{};
  static constexpr capacities sizes{.smallest = 1, .largest = 1};
  std::atomic<std::uint32_t> senders;
  std::atomic<bool> receiver_is_there = true;

  takes_nothing(capacity, std::uint32_t how_many) : senders(how_many) {}
  attempt try_send(std::uint32_t, std::uint64_t) { return receiver_is_there ? outcome::full : outcome::disconnected; }
  attempt try_recv() { return senders > 0 ? outcome::empty : outcome::disconnected; }
  void drop_sender(std::uint32_t) { --senders; }
  void drop_receiver() { receiver_is_there = false; }
};

// Made by the C interface: create returns NULL, though it declares that capacity.
plumbline_plugin null_of_two() {
  plumbline_plugin table = plugin_of<host>("null-of-two", "1.0");
  static const auto create = table.create;
  table.create = [](std::uint64_t places, std::uint32_t senders) {
    return places == 2 ? nullptr : create(places, senders);
  };
  return table;
}
// Of a send that succeeded it says that another value came back.
plumbline_plugin gives_back_what_it_sent() {
  plumbline_plugin table = plugin_of<host>("gives-back-what-it-sent", "1.0");
  table.try_send = [](plumbline_channel*, std::uint32_t, std::uint64_t) -> plumbline_outcome {
    return PLUMBLINE_OK | PLUMBLINE_VALUE_CHANGED;
  };
  return table;
}

}  // namespace

PLUMBLINE_EXPORT_CHANNELS(
    plugin_of<exits>("exits", "1.0"), plugin_of<quick_exits>("quick-exits", "1.0"),
    plugin_of<leaves_at_once>("leaves-at-once", "1.0"), plugin_of<exits_in_a_thread>("exits-in-a-thread", "1.0"),
    plugin_of<is_killed>("is-killed", "1.0"), plugin_of<crashes_in_a_thread>("crashes-in-a-thread", "1.0"),
    plugin_of<traps>("traps", "1.0"), plugin_of<is_hung_up>("is-hung-up", "1.0"), plugin_of<stops>("stops", "1.0"),
    plugin_of<interrupts>("interrupts", "1.0"),
    plugin_of<lies_once_and_crashes_then>("lies-once-and-crashes-then", "1.0"),
    plugin_of<cannot_be_made>("cannot-be-made", "1.0"), plugin_of<never_made>("never-made", "1.0"),
    plugin_of<never_destroyed>("never-destroyed", "1.0"),
    plugin_of<says_full_of_a_send_that_waits>("says-full-of-a-send-that-waits", "1.0"),
    plugin_of<says_full_of_a_receive>("says-full-of-a-receive", "1.0"), plugin_of<says_nothing>("says-nothing", "1.0"),
    plugin_of<takes_nothing>("takes-nothing", "1.0"), null_of_two(), gives_back_what_it_sent());

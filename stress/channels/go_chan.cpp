// Go's chan under the oracle: a plug-in that loads the library made of channel.go when the first channel is made, and
// not before: Go's runtime starts with its library, with threads and signal handlers, and whoever only lists the
// channels, or puts another one to the test, shall have none of that. It is never unloaded, which Go does not support.
//
// What the language's specification promises ("Channel types": "Channels act as first-in-first-out queues"; "Close";
// "Select statements", whose default case is the try_ operations) and the memory model of Go ("Channel communication"):
// capacity n or, with 0, a send and its receive together. close() is for senders, so a receiver learns that they are
// gone; the receiver cannot go, and no sender would hear of it: disconnect = receiver. A timed operation is a select
// with a timer, see channel.go.

#include <dlfcn.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "plumbline/oracle/abi_outcome.hpp"
#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/export_plugin.hpp"

namespace {

using namespace plumbline::oracle;

// What channel.go exports, by its names there.
struct go_library {
  std::uintptr_t (*create)(std::uint64_t, std::uint32_t) = nullptr;
  void (*destroy)(std::uintptr_t) = nullptr;
  void (*clone)(std::uintptr_t) = nullptr;
  void (*drop_sender)(std::uintptr_t) = nullptr;
  plumbline_outcome (*send)(std::uintptr_t, std::uint64_t) = nullptr;
  plumbline_outcome (*try_send)(std::uintptr_t, std::uint64_t) = nullptr;
  plumbline_outcome (*send_for)(std::uintptr_t, std::uint64_t, std::uint64_t) = nullptr;
  plumbline_outcome (*recv)(std::uintptr_t, std::uint64_t*) = nullptr;
  plumbline_outcome (*try_recv)(std::uintptr_t, std::uint64_t*) = nullptr;
  plumbline_outcome (*recv_for)(std::uintptr_t, std::uint64_t*, std::uint64_t) = nullptr;

  static const go_library& loaded() {
    static const go_library library;
    return library;
  }

 private:
  // From the directory go/ beside this plug-in.
  go_library() {
    Dl_info myself{};
    dladdr(reinterpret_cast<const void*>(&plumbline_plugin_channel), &myself);
    const std::string path = std::filesystem::path(myself.dli_fname).parent_path() / "go" / "libgo_channel.so";
    library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) {
      throw std::runtime_error(dlerror());
    }
    find(create, "plumbline_go_create");
    find(destroy, "plumbline_go_destroy");
    find(clone, "plumbline_go_clone");
    find(drop_sender, "plumbline_go_drop_sender");
    find(send, "plumbline_go_send");
    find(try_send, "plumbline_go_try_send");
    find(send_for, "plumbline_go_send_for");
    find(recv, "plumbline_go_recv");
    find(try_recv, "plumbline_go_try_recv");
    find(recv_for, "plumbline_go_recv_for");
  }

  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (function == nullptr) {
      throw std::runtime_error(dlerror());
    }
  }

  void* library_;
};

class go_chan {
 public:
  static constexpr contract promises{.disconnect = disconnection::receiver};
  static constexpr capacities sizes{.smallest = 0, .largest = std::size_t{1} << 20U};  // it is allocated at once

  // There is always a bound. (g++ 12 takes value() for one that may be read where there is none.)
  go_chan(capacity places, std::uint32_t senders) : channel_(go_.create(places.value_or(0), senders)) {}
  go_chan(const go_chan&) = delete;
  go_chan& operator=(const go_chan&) = delete;
  ~go_chan() { go_.destroy(channel_); }

  attempt send(std::uint32_t, std::uint64_t value) { return said(go_.send(channel_, value)); }
  attempt try_send(std::uint32_t, std::uint64_t value) { return said(go_.try_send(channel_, value)); }
  attempt send_for(std::uint32_t, std::uint64_t value, std::chrono::nanoseconds patience) {
    return said(go_.send_for(channel_, value, static_cast<std::uint64_t>(patience.count())));
  }
  attempt recv() {
    std::uint64_t value = 0;
    return said(go_.recv(channel_, &value), value);
  }
  attempt try_recv() {
    std::uint64_t value = 0;
    return said(go_.try_recv(channel_, &value), value);
  }
  attempt recv_for(std::chrono::nanoseconds patience) {
    std::uint64_t value = 0;
    return said(go_.recv_for(channel_, &value, static_cast<std::uint64_t>(patience.count())), value);
  }
  void clone(std::uint32_t, std::uint32_t) { go_.clone(channel_); }
  void drop_sender(std::uint32_t) { go_.drop_sender(channel_); }

 private:
  static attempt said(plumbline_outcome code) { return detail::outcome_of(code); }
  static attempt said(plumbline_outcome code, const std::uint64_t& value) {
    return code == PLUMBLINE_OK ? received(value) : attempt(detail::outcome_of(code));
  }

  const go_library& go_ = go_library::loaded();
  std::uintptr_t channel_;
};

}  // namespace

PLUMBLINE_EXPORT_CHANNELS(plugin_of<go_chan>("go-chan", PLUMBLINE_CHANNEL_VERSION));

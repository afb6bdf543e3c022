#include "plumbline/oracle/plugin_loader.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "plumbline/oracle/abi_outcome.hpp"
#include "plumbline/plugin.h"

// ThreadSanitizer's, where a program has its run-time.
extern "C" {
[[gnu::weak]] void __tsan_acquire(void*);  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
[[gnu::weak]] void __tsan_release(void*);  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
}

namespace plumbline::oracle {
namespace {

static_assert(PLUMBLINE_MAX_SENDERS == max_senders);

// A plug-in may be instrumented by ThreadSanitizer while this command is not. Then nobody would see that a channel is
// made before it is used, and used before it is destroyed, and that would be reported as races. This says so, and
// orders nothing else: calls on one channel are as unordered as they are.
class seen_by_thread_sanitizer {
 public:
  void made() noexcept { release(&made_); }
  void call_begins() noexcept { acquire(&made_); }
  void call_ends() noexcept { release(&used_); }
  void is_destroyed() noexcept { acquire(&used_); }

 private:
  static void acquire(char* what) noexcept {
    if (__tsan_acquire != nullptr) {
      __tsan_acquire(what);
    }
  }
  static void release(char* what) noexcept {
    if (__tsan_release != nullptr) {
      __tsan_release(what);
    }
  }

  // Two addresses; ThreadSanitizer keeps eight bytes together.
  alignas(8) char made_ = 0;
  alignas(8) char used_ = 0;
};

class plugged_in_channel final : public channel_under_test {
 public:
  plugged_in_channel(const plumbline_plugin& table, capacity places, std::uint32_t senders)
      : table_(table), channel_(table.create(places ? *places : PLUMBLINE_UNBOUNDED, senders)) {
    if (channel_ == nullptr) {
      throw std::runtime_error("create returned NULL");
    }
    order_.made();
  }
  plugged_in_channel(const plugged_in_channel&) = delete;
  plugged_in_channel& operator=(const plugged_in_channel&) = delete;
  ~plugged_in_channel() override {
    order_.is_destroyed();
    table_.destroy(channel_);
  }

  attempt call(const request& asked) override {
    order_.call_begins();
    const attempt said = dispatch(asked);
    order_.call_ends();
    return said;
  }

 private:
  attempt dispatch(const request& asked) {
    const auto patience = static_cast<std::uint64_t>(asked.patience.count());
    switch (asked.kind) {
      case operation_kind::send:
        return sent_by(asked, table_.send(channel_, asked.sender, asked.value));
      case operation_kind::try_send:
        return sent_by(asked, table_.try_send(channel_, asked.sender, asked.value));
      case operation_kind::send_for:
        return sent_by(asked, table_.send_for(channel_, asked.sender, asked.value, patience));
      case operation_kind::recv:
        return received_by([&](std::uint64_t* value) { return table_.recv(channel_, value); });
      case operation_kind::try_recv:
        return received_by([&](std::uint64_t* value) { return table_.try_recv(channel_, value); });
      case operation_kind::recv_for:
        return received_by([&](std::uint64_t* value) { return table_.recv_for(channel_, value, patience); });
      case operation_kind::clone:
        table_.clone(channel_, asked.sender, static_cast<std::uint32_t>(asked.value));
        return outcome::ok;
      case operation_kind::drop_sender:
        table_.drop_sender(channel_, asked.sender);
        return outcome::ok;
      case operation_kind::drop_receiver:
        table_.drop_receiver(channel_);
        return outcome::ok;
    }
    std::unreachable();
  }

  static attempt sent_by(const request& asked, plumbline_outcome code) {
    const outcome said = detail::outcome_of(code & ~PLUMBLINE_VALUE_CHANGED);
    if ((code & PLUMBLINE_VALUE_CHANGED) == 0) {
      return said;
    }
    // Which other value it was is not known. What succeeded gives none back: that is no outcome.
    return said == outcome::ok ? attempt(outcome::pending) : refused(said, ~asked.value);
  }

  template <class Call>
  static attempt received_by(Call call) {
    std::uint64_t value = 0;
    const outcome said = detail::outcome_of(call(&value));
    return said == outcome::ok ? received(value) : attempt(said);
  }

  const plumbline_plugin& table_;
  plumbline_channel* channel_;
  seen_by_thread_sanitizer order_;
};

// The word of one dimension of the contract.
template <class Enum>
Enum word(const std::string& where, const char* dimension, const char* declared, Enum strongest) {
  if (declared == nullptr) {
    return strongest;
  }
  if (const std::optional<Enum> known = from_string<Enum>(declared)) {
    return *known;
  }
  throw plugin_error(fmt::format("{} declares {} = \"{}\", which is not a word of the contract (see docs/contract.md)",
                                 where, dimension, declared));
}

channel_type type_of(const std::string& file, const plumbline_plugin& table) {
  if (table.name == nullptr || *table.name == '\0') {
    throw plugin_error(fmt::format("plug-in {} has a channel without a name", file));
  }
  const std::string where = fmt::format("plug-in {}: channel {}", file, table.name);
  if (table.create == nullptr || table.destroy == nullptr) {
    throw plugin_error(fmt::format("{} lacks create or destroy", where));
  }
  channel_type type{
      .name = table.name,
      .version = table.version == nullptr ? "" : table.version,
      .promises = {.order = word(where, "order", table.order, order::linearizable),
                   .empty = word(where, "empty", table.empty, emptiness::honest),
                   .full = word(where, "full", table.full, fullness::honest),
                   .capacity = word(where, "capacity", table.capacity, bound::exact),
                   .disconnect = word(where, "disconnect", table.disconnect, disconnection::both)},
      .sizes = {.unbounded = table.unbounded != 0,
                .smallest = table.smallest_capacity,
                .largest = table.largest_capacity},
      .operations = {},
      .payloads = {},
      .only_if_asked = {},
      .make = [&table](capacity places, std::uint32_t senders, payload) -> std::unique_ptr<channel_under_test> {
        return std::make_unique<plugged_in_channel>(table, places, senders);
      }};
  const auto add = [&type](bool has, operation_kind kind) {
    if (has) {
      type.operations.add(kind);
    }
  };
  add(table.send != nullptr, operation_kind::send);
  add(table.try_send != nullptr, operation_kind::try_send);
  add(table.send_for != nullptr, operation_kind::send_for);
  add(table.recv != nullptr, operation_kind::recv);
  add(table.try_recv != nullptr, operation_kind::try_recv);
  add(table.recv_for != nullptr, operation_kind::recv_for);
  add(table.clone != nullptr, operation_kind::clone);
  add(table.drop_sender != nullptr, operation_kind::drop_sender);
  add(table.drop_receiver != nullptr, operation_kind::drop_receiver);
  if (const char* why = contradiction(type.promises, type.sizes, type.operations)) {
    throw plugin_error(fmt::format("{} contradicts itself: {}", where, why));
  }
  return type;
}

std::string last_dl_error() {
  const char* const said = dlerror();
  return said == nullptr ? "unknown error" : said;
}

}  // namespace

std::vector<channel_type> load_plugin(const std::string& file) {
  // A name without a slash would be looked for among the system's libraries; a user means the file.
  const std::string path = file.find('/') == std::string::npos ? "./" + file : file;
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw plugin_error(fmt::format("cannot load plug-in: {}", last_dl_error()));
  }
  void* const symbol = dlsym(library, "plumbline_plugin_channel");
  if (symbol == nullptr) {
    throw plugin_error(fmt::format(
        "plug-in {} does not export plumbline_plugin_channel (see plumbline/plugin.h): is it a plug-in?", file));
  }
  const auto channel_at = reinterpret_cast<decltype(&plumbline_plugin_channel)>(symbol);
  std::vector<channel_type> types;
  std::set<std::string> names;
  for (std::uint32_t index = 0; const plumbline_plugin* const table = channel_at(index); ++index) {
    if (table->abi != PLUMBLINE_PLUGIN_ABI || table->size != sizeof(plumbline_plugin)) {
      throw plugin_error(
          fmt::format("plug-in {} speaks version {} of plumbline/plugin.h (table of {} bytes), this command speaks "
                      "version {} ({} bytes): build the plug-in against this version's header",
                      file, table->abi, table->size, PLUMBLINE_PLUGIN_ABI, sizeof(plumbline_plugin)));
    }
    types.push_back(type_of(file, *table));
    if (!names.insert(types.back().name).second) {
      throw plugin_error(fmt::format("plug-in {} has two channels with the name {}", file, types.back().name));
    }
  }
  if (types.empty()) {
    throw plugin_error(fmt::format("plug-in {} has no channel: plumbline_plugin_channel(0) is NULL", file));
  }
  return types;
}

}  // namespace plumbline::oracle

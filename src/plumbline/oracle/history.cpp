#include "plumbline/oracle/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace plumbline::oracle {

bool can_end_with(operation_kind kind, outcome result) noexcept {
  switch (result) {
    case outcome::pending:
    case outcome::ok:
      return true;
    case outcome::full:
      return kind == operation_kind::try_send;
    case outcome::empty:
      return kind == operation_kind::try_recv;
    case outcome::timeout:
      return kind == operation_kind::send_for || kind == operation_kind::recv_for;
    case outcome::disconnected:
      return is_send(kind) || is_recv(kind);
  }
  std::unreachable();
}

std::string_view to_string(operation_kind kind) noexcept {
  switch (kind) {
    case operation_kind::send:
      return "send";
    case operation_kind::try_send:
      return "try_send";
    case operation_kind::send_for:
      return "send_for";
    case operation_kind::recv:
      return "recv";
    case operation_kind::try_recv:
      return "try_recv";
    case operation_kind::recv_for:
      return "recv_for";
    case operation_kind::clone:
      return "clone";
    case operation_kind::drop_sender:
      return "drop_sender";
    case operation_kind::drop_receiver:
      return "drop_receiver";
  }
  std::unreachable();
}

std::string_view to_string(outcome result) noexcept {
  switch (result) {
    case outcome::pending:
      return "pending";
    case outcome::ok:
      return "ok";
    case outcome::full:
      return "full";
    case outcome::empty:
      return "empty";
    case outcome::timeout:
      return "timeout";
    case outcome::disconnected:
      return "disconnected";
  }
  std::unreachable();
}

std::vector<event> events_of(const history& h) {
  std::vector<event> all;
  std::multimap<std::uint64_t, std::size_t> ends;  // of what has begun
  const auto end_until = [&](std::uint64_t time) {
    const auto stop = ends.upper_bound(time);
    for (auto at = ends.begin(); at != stop; ++at) {
      all.push_back({.operation = at->second, .is_end = true});
    }
    ends.erase(ends.begin(), stop);
  };
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    end_until(h.operations[i].begin);
    all.push_back({.operation = i, .is_end = false});
    if (h.operations[i].end != operation::never) {
      ends.emplace(h.operations[i].end, i);
    }
  }
  end_until(operation::never);
  return all;
}

namespace {

// What is known of one sender handle while the operations are gone through in the order of their begins.
struct handle_life {
  std::uint64_t made = 0;                  // when the clone that made it ended
  std::uint64_t last_end = 0;              // of the operations on it so far
  std::optional<std::uint64_t> drop = {};  // when its drop began
};

std::string name(std::size_t index, const operation& o) {
  return fmt::format("operation {} ({}, thread {})", index, to_string(o.kind), o.thread);
}

// Of an operation by itself.
std::string malformed(std::size_t i, const operation& o) {
  if (o.end < o.begin) {
    return fmt::format("{} ends before it begins", name(i, o));
  }
  if ((o.result == outcome::pending) != (o.end == operation::never)) {
    return fmt::format("{} is either pending or has an end, not both", name(i, o));
  }
  if (!can_end_with(o.kind, o.result)) {
    return fmt::format("{} cannot end with `{}`", name(i, o), to_string(o.result));
  }
  return {};
}

// Of the operations of the receiver, in the order of their begins.
struct receiver_life {
  std::uint64_t last_end = 0;
  bool dropped = false;

  std::string malformed(std::size_t i, const operation& o) {
    if (dropped) {
      return fmt::format("{} uses the receiver after its drop began", name(i, o));
    }
    if (o.begin < last_end) {
      return fmt::format("{} begins while another operation of the receiver is open", name(i, o));
    }
    last_end = o.end;
    dropped = o.kind == operation_kind::drop_receiver;
    return {};
  }
};

}  // namespace

std::string malformed(const history& h) {
  std::unordered_map<std::uint32_t, handle_life> handles;
  for (std::uint32_t i = 0; i < h.senders; ++i) {
    handles.emplace(i, handle_life{});
  }
  // Handles come to life when their clone ends, which the order of begins does not show: note them first.
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& o = h.operations[i];
    if (o.kind == operation_kind::clone && o.result == outcome::ok &&
        !handles.emplace(static_cast<std::uint32_t>(o.value), handle_life{.made = o.end}).second) {
      return fmt::format("{} makes handle {}, which exists already", name(i, o), o.value);
    }
  }

  std::unordered_map<std::uint32_t, std::uint64_t> thread_free;  // when the thread's last operation ended
  receiver_life receiver;
  std::unordered_set<std::uint64_t> sent;
  std::uint64_t last_begin = 0;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& o = h.operations[i];
    if (o.begin < last_begin) {
      return fmt::format("{} begins before the one that is listed before it", name(i, o));
    }
    last_begin = o.begin;
    if (std::string wrong = malformed(i, o); !wrong.empty()) {
      return wrong;
    }
    std::uint64_t& free = thread_free[o.thread];
    if (o.begin < free) {
      return fmt::format("{} begins while another operation of its thread is open", name(i, o));
    }
    free = o.end;
    if (is_receiver_operation(o.kind)) {
      if (std::string wrong = receiver.malformed(i, o); !wrong.empty()) {
        return wrong;
      }
      continue;
    }
    const auto found = handles.find(o.handle);
    if (found == handles.end() || o.begin < found->second.made) {
      return fmt::format("{} uses handle {}, which does not exist then", name(i, o), o.handle);
    }
    handle_life& life = found->second;
    if (life.drop) {
      return fmt::format("{} uses handle {} after its drop began", name(i, o), o.handle);
    }
    if (o.kind == operation_kind::drop_sender) {
      if (o.begin < life.last_end) {
        return fmt::format("{} drops handle {} while another operation on it is open", name(i, o), o.handle);
      }
      life.drop = o.begin;
    }
    life.last_end = std::max(life.last_end, o.end);
    if (is_send(o.kind) && !sent.insert(o.value).second) {
      return fmt::format("{} sends the value {} a second time: values have to differ", name(i, o), o.value);
    }
  }
  return {};
}

}  // namespace plumbline::oracle

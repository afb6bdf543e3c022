#include "plumbline/oracle/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "plumbline/oracle/plain_breach.hpp"
#include "plumbline/oracle/reasons.hpp"

namespace plumbline::oracle {
namespace {

std::string reason(const history& h, rule broken, const reasons::words& said) {
  using namespace reasons;
  switch (broken) {
    case rule::fifo:
    case rule::sender_order: {
      std::string why = because_order(h.operations, broken == rule::sender_order, said);
      return why.empty() ? because_no_room(h, said) : why;
    }
    case rule::no_loss:
      return because_lost(h.operations, said);
    case rule::recv_disconnected:
      return because_recv_disconnected(h, said);
    case rule::send_disconnected:
      return because_send_disconnected(h, said);
    case rule::empty_honest:
      return because_not_empty(h, outcome::empty, said);
    case rule::full_honest:
      return because_not_full(h, said);
    case rule::timeout_clean: {
      const std::string why = because_not_empty(h, outcome::timeout, said);
      return why.empty() ? because_not_full(h, said) : why;
    }
    case rule::capacity:
      return because_capacity(h, said);
    case rule::rendezvous:
      return because_rendezvous(h.operations, said);
    case rule::wake_recv:
      return because_asleep(h, true, said);
    case rule::wake_send:
      return because_asleep(h, false, said);
    case rule::integrity: {
      const auto breach = find_plain_breach(h);
      return breach ? breach->because : std::string();
    }
    case rule::lifetime:
      return {};
  }
  std::unreachable();
}

}  // namespace

std::string because(const history& smallest, rule broken, extent of) {
  std::string why = reason(smallest, broken, reasons::words(of));
  if (!why.empty()) {
    return why;
  }
  if (of == extent::so_far) {
    return fmt::format("no order of all that was seen until now keeps {}", to_string(broken));
  }
  std::vector<std::string> said;
  for (const operation& o : smallest.operations) {
    if (constexpr std::size_t most = 12; said.size() == most) {
      said.push_back(fmt::format("… ({} operations)", smallest.operations.size()));
      break;
    }
    said.push_back(label(o));
  }
  return fmt::format("{} cannot all be so, in whatever order they took effect", fmt::join(said, ", "));
}

std::string name(const operation& o) {
  switch (o.kind) {
    case operation_kind::send:
    case operation_kind::try_send:
    case operation_kind::send_for:
      return fmt::format("{}({})", to_string(o.kind), o.value);
    case operation_kind::clone:
      return fmt::format("clone(sender {})", o.handle);
    case operation_kind::drop_sender:
      return fmt::format("drop(sender {})", o.handle);
    case operation_kind::drop_receiver:
      return "drop(receiver)";
    default:
      return std::string(to_string(o.kind));
  }
}

std::string label(const operation& o, const char* arrow, const char* dots) {
  if (o.result == outcome::pending) {
    return name(o) + dots;
  }
  if (o.result != outcome::ok) {
    return fmt::format("{}{}{}", name(o), arrow, to_string(o.result));
  }
  return is_recv(o.kind) || o.kind == operation_kind::clone ? fmt::format("{}{}{}", name(o), arrow, o.value) : name(o);
}

std::string difference(const contract& declared, const contract& kept) {
  std::vector<std::string> parts;
  const auto compare = [&](const char* dimension, auto before, auto after) {
    if (before != after) {
      parts.push_back(fmt::format("{}={} instead of {}", dimension, to_string(after), to_string(before)));
    }
  };
  compare("order", declared.order, kept.order);
  compare("empty", declared.empty, kept.empty);
  compare("full", declared.full, kept.full);
  compare("capacity", declared.capacity, kept.capacity);
  compare("disconnect", declared.disconnect, kept.disconnect);
  return parts.empty() ? "everything it declares" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace plumbline::oracle

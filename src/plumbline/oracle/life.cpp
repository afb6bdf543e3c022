#include "plumbline/oracle/life.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "plumbline/oracle/explain.hpp"

namespace plumbline::oracle {
namespace {

constexpr std::size_t most_lines = 20;  // of what happened meanwhile

std::string line(const operation& o) {
  const std::string until = o.end == operation::never ? "…" : std::to_string(o.end);
  const std::string who = is_receiver_operation(o.kind) ? "receiver" : fmt::format("sender {}", o.handle);
  return fmt::format("  {:>8} – {:<8}  {}, thread {}: {}{}\n", o.begin, until, who, o.thread, label(o),
                     is_send(o.kind) && o.result == outcome::ok ? "→ok" : "");
}

std::string fate(const operation* send, const operation* recv, bool sent_once_more_received) {
  if (send == nullptr) {
    return "it was received, and nobody sent it";
  }
  if (sent_once_more_received) {
    return "it was received more than once";
  }
  if (send->result != outcome::ok && send->result != outcome::pending) {
    return recv == nullptr ? "it was given back to its sender" : "it was given back to its sender, and received";
  }
  if (recv != nullptr) {
    return recv->end < send->begin ? "it was received before it was sent" : "it was sent and received";
  }
  return send->result == outcome::ok ? "it was sent, and never received"
                                     : "its send did not end, and it was not received";
}

}  // namespace

std::string life_of(const history& h, std::uint64_t value) {
  const operation* send = nullptr;
  std::vector<const operation*> receives;
  for (const operation& o : h.operations) {
    if (is_send(o.kind) && o.value == value) {
      send = &o;
    }
    if (is_recv(o.kind) && o.result == outcome::ok && o.value == value) {
      receives.push_back(&o);
    }
  }
  if (send == nullptr && receives.empty()) {
    return fmt::format("the value {}: nobody sent or received it\n", value);
  }
  const operation* const recv = receives.empty() ? nullptr : receives.front();
  std::string text = fmt::format("the value {}: {}\n", value, fate(send, recv, receives.size() > 1));
  if (send != nullptr) {
    text += line(*send);
  }
  std::size_t meanwhile = 0;
  if (send != nullptr && send->result == outcome::ok) {
    for (const operation& o : h.operations) {
      const bool while_it_was_inside = send->end < o.begin && (recv == nullptr || o.end < recv->begin);
      const bool waits_beside_it = recv == nullptr && o.result == outcome::pending;
      if (is_receiver_operation(o.kind) && (while_it_was_inside || waits_beside_it) && ++meanwhile <= most_lines) {
        text += line(o);
      }
    }
  }
  if (meanwhile > most_lines) {
    text += fmt::format("  … and {} more operations of the receiver while it was inside\n", meanwhile - most_lines);
  }
  for (const operation* const r : receives) {
    text += line(*r);
  }
  return text;
}

}  // namespace plumbline::oracle

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "plumbline/oracle/chain_steps.hpp"

namespace plumbline::oracle::reasons {
namespace {

// A sender, from when it was there for certain until it was gone for certain.
struct life {
  std::uint64_t made = 0;
  std::uint64_t drop_began = operation::never;
  std::uint64_t drop_ended = operation::never;
};

std::map<std::uint64_t, life> senders_of(const history& h) {
  std::map<std::uint64_t, life> all;
  for (std::uint32_t handle = 0; handle < h.senders; ++handle) {
    all[handle] = {};
  }
  for (const operation& o : h.operations) {
    if (o.kind == operation_kind::clone && o.result == outcome::ok) {
      all[o.value].made = o.end;
    } else if (o.kind == operation_kind::drop_sender) {
      all[o.handle].drop_began = o.begin;
      all[o.handle].drop_ended = o.end;
    }
  }
  return all;
}

bool says_disconnected(const operation& o) { return o.result == outcome::disconnected; }

}  // namespace

steps kept_and_given_back(const history& h) {
  for (const operation& s : h.operations) {
    const operation* const got = is_send(s.kind) ? receive_of(h.operations, s.value) : nullptr;
    if (got != nullptr && !sent(s) && !blocked(s)) {
      return {fmt::format("{} gave its value back", label(s)), fmt::format("but {} had it, too", label(*got))};
    }
  }
  return {};
}

steps receiver_misled(const history& h, const words& said) {
  const operations& all = h.operations;
  const std::map<std::uint64_t, life> senders = senders_of(h);
  if (!tells_receiver(h.promised.disconnect)) {
    return {};
  }
  const operation* const d = first(all, [](const operation& o) { return is_recv(o.kind) && says_disconnected(o); });
  if (d != nullptr && said.so_far && h.senders > 0) {  // which of them is not known any more
    return {fmt::format("{} ended at {}: every sender has to be gone by then", label(*d), d->end),
            fmt::format("but {}", still_there(h.senders))};
  }
  if (d != nullptr) {
    for (const auto& [handle, s] : senders) {
      if (s.drop_began > d->end && s.made <= d->end) {
        return {fmt::format("{} ended at {}: every sender has to be gone by then", label(*d), d->end),
                s.drop_began == operation::never
                    ? fmt::format("but sender {} {} dropped", handle, said.was_never)
                    : fmt::format("but sender {} began to be dropped at {}", handle, s.drop_began)};
      }
    }
    if (const operation* const after =
            first(all, [&](const operation& o) { return &o > d && (received(o) || found_nothing(o)); })) {
      return {fmt::format("{} ended at {}: from then on the receiver hears nothing else", label(*d), d->end),
              fmt::format("but after it came {}", label(*after))};
    }
  }
  for (const operation& e : all) {
    const auto last = std::ranges::max_element(senders, {}, [](const auto& s) { return s.second.drop_ended; });
    if (found_nothing(e) && last != senders.end() && last->second.drop_ended < e.begin) {
      return {fmt::format("{} ended at {}: it was the last one", fmt::format("drop(sender {})", last->first),
                          last->second.drop_ended),
              fmt::format("but {} began at {}", label(e), e.begin)};
    }
  }
  return {};
}

steps sender_misled(const history& h, const words& said) {
  const operations& all = h.operations;
  if (steps found = kept_and_given_back(h); !found.empty() || !tells_senders(h.promised.disconnect)) {
    return found;
  }
  const operation* const dropped =
      first(all, [](const operation& o) { return o.kind == operation_kind::drop_receiver; });
  const operation* gone = dropped;  // of what says that the receiver is gone, the first to end
  for (const operation& d : all) {
    if (!is_send(d.kind) || !says_disconnected(d)) {
      continue;
    }
    if (dropped == nullptr || ended_before(d, *dropped)) {
      return {fmt::format("{} ended at {}: the receiver has to be gone by then", label(d), d.end),
              dropped == nullptr ? fmt::format("but it {} dropped", said.was_never)
                                 : fmt::format("but it began to be dropped at {}", dropped->begin)};
    }
    gone = gone == nullptr || d.end < gone->end ? &d : gone;
  }
  const operation* const late = first(all, [&](const operation& s) {
    return is_send(s.kind) && !says_disconnected(s) && !blocked(s) && gone != nullptr && ended_before(*gone, s);
  });
  if (late == nullptr) {
    return {};
  }
  return {fmt::format("{} ended at {}: the receiver was gone by then", label(*gone), gone->end),
          late->result == outcome::ok ? fmt::format("but {}, which succeeded, began at {}", name(*late), late->begin)
                                      : fmt::format("but {}, which reported {}, began at {}", name(*late),
                                                    to_string(late->result), late->begin)};
}

// Nothing moves any more, and an operation has not returned that has no reason to wait.
steps sleeps_beside_work(const history& h, bool receiver, const words& said) {
  const operations& all = h.operations;
  const auto not_received = [&](const operation& o) { return sent(o) && receive_of(all, o.value) == nullptr; };
  const std::map<std::uint64_t, life> senders = senders_of(h);
  const operation* const dropped =
      first(all, [](const operation& o) { return o.kind == operation_kind::drop_receiver; });
  const operation* const other_recv = first(all, [](const operation& o) { return is_recv(o.kind) && blocked(o); });
  const bool rendezvous = h.promised.capacity == bound::exact && h.capacity == 0U;
  const bool bounded = h.promised.capacity != bound::unbounded && h.capacity;
  std::vector<std::uint64_t> inside;
  for (const operation& s : all) {
    if (not_received(s)) {
      inside.push_back(s.value);
    }
  }
  const bool senders_gone = tells_receiver(h.promised.disconnect) && std::ranges::all_of(senders, [](const auto& s) {
                              return s.second.drop_ended != operation::never;
                            });
  const auto argue = [&](const operation& stuck) -> std::string {
    if (!waits(stuck)) {
      return fmt::format("{} waits for nobody", name(stuck));
    }
    if (receiver && is_recv(stuck.kind)) {
      if (const operation* const s = first(all, not_received)) {
        return fmt::format("{} had ended at {}, and {} {}: there is a value to receive", name(*s), s->end,
                           said.nobody_received, s->value);
      }
      const operation* const s =
          first(all, [&](const operation& o) { return is_send(o.kind) && blocked(o) && waits(o); });
      if (rendezvous && s != nullptr) {
        return fmt::format("{} has been waiting since {}: the two could meet", name(*s), s->begin);
      }
      return senders_gone ? "every sender is gone: there is nothing to wait for" : "";
    }
    if (const operation* const got = receive_of(all, stuck.value); got != nullptr && is_send(stuck.kind)) {
      return fmt::format("its value was received by {}, which ended at {}", name(*got), got->end);
    }
    if (tells_senders(h.promised.disconnect) && dropped != nullptr && !blocked(*dropped)) {
      return fmt::format("the receiver was gone at {}: there is nobody to wait for", dropped->end);
    }
    if (rendezvous && other_recv != nullptr && waits(*other_recv)) {
      return fmt::format("{} has been waiting since {}: the two could meet", name(*other_recv), other_recv->begin);
    }
    if (!bounded) {
      return "the channel is unbounded: there is always room";
    }
    if (rendezvous || inside.size() >= *h.capacity) {
      return {};
    }
    return inside.empty() ? fmt::format("nothing is inside, and {} {}: there is room", *h.capacity,
                                        *h.capacity == 1 ? "value fits" : "values fit")
                          : fmt::format("of {} places {} {} taken, by {}: there is room", *h.capacity, inside.size(),
                                        inside.size() == 1 ? "is" : "are", list(inside));
  };
  for (const operation& stuck : all) {
    if (!h.quiescent || !blocked(stuck) || is_receiver_operation(stuck.kind) != receiver) {
      continue;
    }
    const std::string why = argue(stuck);
    if (!why.empty()) {
      return {fmt::format("{} began at {}", name(stuck), stuck.begin), why,
              "but it has not returned, and nothing moves any more"};
    }
  }
  return {};
}

}  // namespace plumbline::oracle::reasons

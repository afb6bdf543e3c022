#include "plumbline/oracle/reasons.hpp"

namespace plumbline::oracle::reasons {

std::string because_recv_disconnected(const history& h, const words& said) {
  const operations& all = h.operations;
  const auto says_disconnected = [](const operation& o) {
    return is_recv(o.kind) && o.result == outcome::disconnected;
  };
  for (const operation& e : all) {
    if (!is_recv(e.kind) || (e.result != outcome::empty && e.result != outcome::timeout)) {
      continue;
    }
    if (const operation* const d = first(all, says_disconnected); d != nullptr && d < &e) {
      return fmt::format("{} after {} had reported disconnected", report(e), name(*d));
    }
    return fmt::format("{}, but the last sender was gone before it began", report(e));
  }
  const operation* const d = first(all, says_disconnected);
  if (d == nullptr) {
    return {};
  }
  if (!tells_receiver(h.promised.disconnect)) {
    return fmt::format("{}, and this channel declares that it never does", report(*d));
  }
  const operation* const late =
      first(all, [&](const operation& o) { return o.kind == operation_kind::drop_sender && ended_before(*d, o); });
  if (late != nullptr) {
    return fmt::format("{}, but sender {} began to be dropped only later", report(*d), late->handle);
  }
  if (said.so_far && h.senders > 0) {  // which of them is not known any more
    return fmt::format("{}, but {}", report(*d), still_there(h.senders));
  }
  for (std::uint32_t handle = 0; handle < h.senders; ++handle) {
    if (first(all, [&](const operation& o) { return o.kind == operation_kind::drop_sender && o.handle == handle; }) ==
        nullptr) {
      return fmt::format("{}, but sender {} {} dropped", report(*d), handle, said.was_never);
    }
  }
  if (const operation* const value = first(all, [&](const operation& o) { return received(o) && d < &o; })) {
    return fmt::format("{}, but {} was received only later", report(*d), value->value);
  }
  if (const operation* const c = first(all, [](const operation& o) { return o.kind == operation_kind::clone; })) {
    return fmt::format("{}, but sender {}, a clone, was still there", report(*d), c->value);
  }
  return {};
}

std::string because_send_disconnected(const history& h, const words& said) {
  const operations& all = h.operations;
  const auto says_disconnected = [](const operation& o) {
    return is_send(o.kind) && o.result == outcome::disconnected;
  };
  const operation* const dropped =
      first(all, [](const operation& o) { return o.kind == operation_kind::drop_receiver; });
  for (const operation& d : all) {
    if (!says_disconnected(d)) {
      continue;
    }
    if (!tells_senders(h.promised.disconnect)) {
      return fmt::format("{}, and this channel declares that it never does", report(d));
    }
    if (receive_of(all, d.value) != nullptr) {
      return fmt::format("{}, but {} was received", report(d), d.value);
    }
    if (dropped == nullptr) {
      return fmt::format("{}, but the receiver {} dropped", report(d), said.was_never);
    }
    if (ended_before(d, *dropped)) {
      return fmt::format("{}, but the receiver began to be dropped only later", report(d));
    }
  }
  for (const operation& s : all) {
    if (!is_send(s.kind) || says_disconnected(s) || blocked(s)) {
      continue;
    }
    if (dropped != nullptr && ended_before(*dropped, s)) {
      return fmt::format("{}, but the receiver was gone before it began", result(s));
    }
    if (const operation* const d =
            first(all, [&](const operation& o) { return says_disconnected(o) && ended_before(o, s); })) {
      return fmt::format("{}, but before it began {} had reported disconnected", result(s), name(*d));
    }
  }
  return {};
}

std::string because_asleep(const history& h, bool receiver, const words& said) {
  const operations& all = h.operations;
  const operation* const stuck =
      first(all, [&](const operation& o) { return blocked(o) && is_receiver_operation(o.kind) == receiver; });
  if (stuck == nullptr) {
    return {};
  }
  const std::string still = fmt::format("{} never returned, although", name(*stuck));
  if (!waits(*stuck)) {
    return fmt::format("{} it waits for nobody", still);
  }
  if (receiver) {
    if (const operation* const s =
            first(all, [&](const operation& o) { return sent(o) && receive_of(all, o.value) == nullptr; })) {
      return fmt::format("{} {} had succeeded, and {} {}", still, name(*s), said.nobody_received, s->value);
    }
    if (const operation* const s = first(all, [](const operation& o) { return is_send(o.kind) && blocked(o); })) {
      return fmt::format("{} {} waits, too: the two should have met", still, name(*s));
    }
    return fmt::format("{} every sender is gone", still);
  }
  if (receive_of(all, stuck->value) != nullptr) {
    return fmt::format("{} {} was received", still, stuck->value);
  }
  if (first(all, [](const operation& o) { return o.kind == operation_kind::drop_receiver; }) != nullptr) {
    return fmt::format("{} the receiver is gone", still);
  }
  if (h.promised.capacity == bound::unbounded || !h.capacity) {
    return fmt::format("{} the channel is unbounded", still);
  }
  const auto taken =
      std::ranges::count_if(all, [&](const operation& s) { return sent(s) && receive_of(all, s.value) == nullptr; });
  return fmt::format("{} there is room: {} of {} places {} taken", still, taken, *h.capacity,
                     taken == 1 ? "is" : "are");
}

}  // namespace plumbline::oracle::reasons

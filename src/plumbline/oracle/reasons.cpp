#include "plumbline/oracle/reasons.hpp"

#include <fmt/ranges.h>

namespace plumbline::oracle::reasons {
namespace {

// A receive said that there was nothing, and a send before it that there was no room: too little can have been received
// in between.
std::string because_it_had_been_full(const history& h, outcome said) {
  const operations& all = h.operations;
  if (h.promised.full == fullness::spurious || h.promised.empty != emptiness::honest || h.capacity.value_or(0) == 0) {
    return {};
  }
  for (const operation& e : all) {
    for (const operation& f : all) {
      if (!is_recv(e.kind) || e.result != said || !found_no_room(f) || !ended_before(f, e)) {
        continue;
      }
      const auto left = static_cast<std::size_t>(std::ranges::count_if(all, [&](const operation& r) {
        return received(r) && r.end >= f.begin && &r < &e;  // the receiver's operations are in their order
      }));
      if (left < *h.capacity) {
        const std::string were =
            *h.capacity == 1 ? "the value that was inside then cannot"
            : left == 0      ? fmt::format("none of the {} values that were inside then can", *h.capacity)
                             : fmt::format("only {} of the {} values that were inside then can", left, *h.capacity);
        return fmt::format("{}, but {} before it, and {} have been received in between", report(e), report(f), were);
      }
    }
  }
  return {};
}

}  // namespace

const operation* receive_of(const operations& all, std::uint64_t value) {
  return first(all, [&](const operation& o) { return received(o) && o.value == value; });
}

std::uint64_t in_by(const operations& all, const operation& send) {
  const operation* const got = receive_of(all, send.value);
  return got == nullptr ? send.end : std::min(send.end, got->end);
}

std::uint64_t out_from(const operations& all, const operation& send) {
  const operation* const got = receive_of(all, send.value);
  return got == nullptr ? operation::never : got->begin;
}

std::string report(const operation& o) { return fmt::format("{} reported {}", name(o), to_string(o.result)); }

std::string result(const operation& o) {
  return o.result == outcome::ok ? fmt::format("{} succeeded", name(o)) : report(o);
}

std::string all_places(std::size_t capacity) {
  return capacity == 1 ? "the one place" : fmt::format("all {} places", capacity);
}

std::string still_there(std::uint32_t senders) {
  return senders == 1 ? "one sender was still there" : fmt::format("{} senders were still there", senders);
}

std::string list(const std::vector<std::uint64_t>& values) {
  if (values.size() == 1) {
    return std::to_string(values.front());
  }
  if (constexpr std::ptrdiff_t most = 12; std::ssize(values) > most) {  // a sentence, not a table
    return fmt::format("{}, … and {} ({} values)", fmt::join(values.begin(), values.begin() + most / 2, ", "),
                       values.back(), values.size());
  }
  return fmt::format("{} and {}", fmt::join(values.begin(), values.end() - 1, ", "), values.back());
}

// a was to arrive before b, and did not.
std::string because_order(const operations& all, bool of_one_sender, const words& said) {
  for (const operation& b : all) {
    const operation* const got_b = is_send(b.kind) ? receive_of(all, b.value) : nullptr;
    if (got_b == nullptr) {
      continue;
    }
    for (const operation& a : all) {
      const operation* const got_a = sent(a) ? receive_of(all, a.value) : nullptr;
      if (!sent(a) || !ended_before(a, b) || (of_one_sender && a.handle != b.handle) ||
          (got_a != nullptr && got_a < got_b)) {
        continue;
      }
      const std::string whose = a.handle == b.handle ? fmt::format(", both of sender {}", a.handle) : "";
      if (got_a != nullptr) {
        return fmt::format("{} was received before {}, but {} had ended before {} began{}", b.value, a.value, name(a),
                           name(b), whose);
      }
      return fmt::format("{} was received and {} {}, but {} had ended before {} began{}", b.value, a.value, said.never,
                         name(a), name(b), whose);
    }
  }
  return {};
}

// A receive said that there was nothing, and there was something.
std::string because_not_empty(const history& h, outcome said, const words& words) {
  const operations& all = h.operations;
  for (const operation& e : all) {
    if (!is_recv(e.kind) || e.result != said) {
      continue;
    }
    for (const operation& a : all) {
      const operation* const got_a = sent(a) ? receive_of(all, a.value) : nullptr;
      if (sent(a) && ended_before(a, e) && (got_a == nullptr || got_a > &e)) {
        return fmt::format("{}, but {} had ended before it began, and {} {}", report(e), name(a), a.value,
                           got_a == nullptr ? fmt::format("{} received", words.was_never) : "was received only later");
      }
    }
  }
  return because_it_had_been_full(h, said);
}

std::string because_lost(const operations& all, const words& said) {
  const operation* const lost =
      first(all, [&](const operation& s) { return sent(s) && receive_of(all, s.value) == nullptr; });
  const auto says_disconnected = [](const operation& o) {
    return is_recv(o.kind) && o.result == outcome::disconnected;
  };
  const auto says_nothing_later = [&](const operation& r) {
    return is_recv(r.kind) && ended_before(*lost, r) && (r.result == outcome::empty || r.result == outcome::timeout);
  };
  if (lost != nullptr) {
    // `disconnected` is the rule's own case; it may also show earlier, or by a later value.
    const operation* shown = first(all, says_disconnected);
    shown = shown != nullptr ? shown : first(all, says_nothing_later);
    return shown != nullptr ? fmt::format("{}, but {} succeeded and {} {} received", report(*shown), name(*lost),
                                          lost->value, said.was_never)
                            : fmt::format("{} succeeded, but {} {} received, and later values were", name(*lost),
                                          lost->value, said.was_never);
  }
  // Nothing was lost in the end, but it was said that nothing more would come.
  const operation* const d = first(all, says_disconnected);
  const operation* const late = first(all, [&](const operation& r) { return received(r) && d != nullptr && d < &r; });
  return late == nullptr ? std::string() : fmt::format("{}, but {} was received only later", report(*d), late->value);
}

}  // namespace plumbline::oracle::reasons

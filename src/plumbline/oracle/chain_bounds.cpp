#include "plumbline/oracle/chain_bounds.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace plumbline::oracle::reasons {
namespace {

std::vector<passage> without_bounds(const history& h) {
  std::map<std::uint64_t, const operation*> sends;
  for (const operation& o : h.operations) {
    if (is_send(o.kind)) {
      sends[o.value] = &o;
    }
  }
  std::vector<passage> all;
  for (const operation& o : h.operations) {
    if (received(o) && sends.contains(o.value)) {
      all.push_back({.send = sends[o.value], .recv = &o, .earliest = {}});
      sends.erase(o.value);
    }
  }
  for (const auto& [value, send] : sends) {
    if (send->result == outcome::ok) {
      all.push_back({.send = send, .recv = nullptr, .earliest = {}});
    }
  }
  return all;
}

class deduction {
 public:
  deduction(const history& h, const words& said, std::vector<passage>& all) : history_(h), said_(said), all_(all) {}

  void find_bound(std::size_t i) {
    // Without an order there is no head that could excuse it.
    const bool honest =
        history_.promised.empty == emptiness::honest ||
        (history_.promised.empty == emptiness::head_of_line && history_.promised.order == order::unordered);
    passage& p = all_[i];
    earliest_instant& best = p.earliest;
    const std::string it = name(*p.send);
    best = {.after = p.send->begin,
            .because = fmt::format("{} took effect after {}, when it began", it, p.send->begin)};
    const auto consider = [&](std::uint64_t after, const earliest_instant* source, std::string because) {
      if (after > best.after) {
        best = {.after = after, .because = std::move(because), .follows_from = source};
      }
    };
    for (const operation& o : history_.operations) {
      const bool precedes = p.recv == nullptr || o.begin < p.recv->begin;
      const bool says_nothing = o.result == outcome::disconnected || honest;
      if (is_recv(o.kind) && !received(o) && !blocked(o) && precedes && says_nothing) {
        consider(o.begin, nullptr,
                 fmt::format("{} took effect after {}, when {} began: nothing was inside at an instant of it, and {}",
                             it, o.begin, label(o), fate(p)));
      }
    }
    consider_last_drop(p, consider);
    const std::size_t places = history_.capacity.value_or(0);
    const bool bounded =
        history_.promised.capacity == bound::exact && places > 0 && history_.promised.order == order::linearizable;
    if (bounded && p.recv != nullptr && i >= places) {
      const passage& left = all_[i - places];
      consider(
          left.recv->begin, nullptr,
          fmt::format("{} took effect after {}, when the receive of {} began: until then there was no place for it", it,
                      left.recv->begin, left.send->value));
    }
    // Last, for where two reasons are as good the one without another value is the plainer.
    for (std::size_t j = 0; j < i && all_[j].recv != nullptr; ++j) {
      const passage& before = all_[j];
      const bool of_one_sender = before.send->handle == p.send->handle;
      if (history_.promised.order == order::linearizable ||
          (history_.promised.order == order::per_sender && of_one_sender)) {
        consider(before.earliest.after, &before.earliest,
                 fmt::format(
                     "{} took effect after {}, because {}", it, name(*before.send),
                     p.recv != nullptr
                         ? fmt::format("{} was received after {}", p.send->value, before.send->value)
                         : fmt::format("{} was received and {} {}", before.send->value, p.send->value, said_.never)));
      }
    }
  }

 private:
  // A receive that reports `disconnected` takes effect after the last sender's drop.
  template <class Consider>
  void consider_last_drop(const passage& p, const Consider& consider) const {
    for (const operation& d : history_.operations) {
      if (!is_recv(d.kind) || d.result != outcome::disconnected || (p.recv != nullptr && p.recv->begin < d.begin)) {
        continue;
      }
      const operation* last = nullptr;
      for (const operation& o : history_.operations) {
        last = o.kind == operation_kind::drop_sender && o.begin <= d.end ? &o : last;
      }
      if (last != nullptr) {
        consider(
            last->begin, nullptr,
            fmt::format("{} took effect after {}, when {} began: {} came later still, and nothing was inside then, "
                        "and {}",
                        name(*p.send), last->begin, name(*last), label(d), fate(p)));
      }
    }
  }

  std::string fate(const passage& p) const {
    return p.recv != nullptr ? fmt::format("{} was received later", p.send->value)
                             : fmt::format("{} {} received", p.send->value, said_.was_never);
  }

  const history& history_;
  const words& said_;
  std::vector<passage>& all_;
};

}  // namespace

std::vector<passage> passages_of(const history& h, const words& said) {
  std::vector<passage> all = without_bounds(h);
  for (std::size_t i = 0; i < all.size(); ++i) {
    deduction(h, said, all).find_bound(i);
  }
  return all;
}

std::vector<std::string> steps_to(const earliest_instant& known) {
  std::vector<std::string> steps;
  for (const earliest_instant* e = &known; e != nullptr; e = e->follows_from) {
    steps.push_back(e->because);
  }
  std::ranges::reverse(steps);
  return steps;
}

}  // namespace plumbline::oracle::reasons

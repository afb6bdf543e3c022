#include "plumbline/oracle/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "plumbline/oracle/explain.hpp"

namespace plumbline::oracle {
namespace {

// When the send of a value took effect at the earliest, and why.
struct bound {
  std::uint64_t after = 0;
  std::string because;                  // a step of the chain
  const bound* follows_from = nullptr;  // the step before it
};

struct passage {
  const operation* send = nullptr;
  const operation* recv = nullptr;  // none: it was never received
  bound earliest;
};

// The bounds of docs/checker.md, each with its reason, once more and as plainly as can be.
class deduction {
 public:
  explicit deduction(const history& h) : history_(h) {
    std::map<std::uint64_t, const operation*> sends;
    for (const operation& o : h.operations) {
      if (is_send(o.kind)) {
        sends[o.value] = &o;
      }
    }
    for (const operation& o : h.operations) {
      if (is_recv(o.kind) && o.result == outcome::ok && sends.contains(o.value)) {
        passages_.push_back({.send = sends[o.value], .recv = &o, .earliest = {}});
        sends.erase(o.value);
      }
    }
    received_ = passages_.size();
    for (const auto& [value, send] : sends) {
      if (send->result == outcome::ok) {
        passages_.push_back({.send = send, .recv = nullptr, .earliest = {}});
      }
    }
  }

  std::vector<std::string> contradiction() {
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      passage& p = passages_[i];
      find_bound(i);
      if (p.send->end < p.earliest.after) {
        return steps(p, fmt::format("but {} had ended at {}", name(*p.send), p.send->end));
      }
      if (p.recv != nullptr && p.recv->end < p.earliest.after) {
        return steps(p, fmt::format("but {} had been received at {}", p.send->value, p.recv->end));
      }
    }
    return {};
  }

 private:
  static std::string fate(const passage& p) {
    return p.recv != nullptr ? fmt::format("{} was received later", p.send->value)
                             : fmt::format("{} was never received", p.send->value);
  }

  void find_bound(std::size_t i) {
    passage& p = passages_[i];
    bound& best = p.earliest;
    const std::string it = name(*p.send);
    best = {.after = p.send->begin,
            .because = fmt::format("{} took effect after {}, when it began", it, p.send->begin)};
    const auto consider = [&](std::uint64_t after, const bound* source, std::string because) {
      if (after > best.after) {
        best = {.after = after, .because = std::move(because), .follows_from = source};
      }
    };
    for (const operation& o : history_.operations) {
      const bool precedes = p.recv == nullptr || o.begin < p.recv->begin;
      const bool says_nothing = o.result == outcome::disconnected || history_.promised.empty == emptiness::honest;
      if (is_recv(o.kind) && o.result != outcome::ok && o.result != outcome::pending && precedes && says_nothing) {
        consider(o.begin, nullptr,
                 fmt::format("{} took effect after {}, when {} began: nothing was inside at an instant of it, and {}",
                             it, o.begin, label(o), fate(p)));
      }
    }
    const std::size_t places = history_.capacity.value_or(0);
    const bool bounded = history_.promised.capacity == oracle::bound::exact && places > 0 &&
                         history_.promised.order == order::linearizable;
    if (bounded && p.recv != nullptr && i >= places) {
      const passage& left = passages_[i - places];
      consider(left.recv->begin, nullptr,
               fmt::format("{} took effect after {}, when the receive of {} began: until then {} {} inside", it,
                           left.recv->begin, left.send->value, places, places == 1 ? "value was" : "values were"));
    }
    // Last, for where two reasons are as good the one without another value is the plainer.
    for (std::size_t j = 0; j < std::min(i, received_); ++j) {
      const passage& before = passages_[j];
      const bool of_one_sender = before.send->handle == p.send->handle;
      if (history_.promised.order == order::linearizable ||
          (history_.promised.order == order::per_sender && of_one_sender)) {
        consider(before.earliest.after, &before.earliest,
                 fmt::format("{} took effect after {}, because {}", it, name(*before.send),
                             p.recv != nullptr
                                 ? fmt::format("{} was received after {}", p.send->value, before.send->value)
                                 : fmt::format("{} was received and {} never", before.send->value, p.send->value)));
      }
    }
  }

  static std::vector<std::string> steps(const passage& p, std::string contradiction) {
    std::vector<std::string> all{std::move(contradiction)};
    for (const bound* b = &p.earliest; b != nullptr; b = b->follows_from) {
      all.push_back(b->because);
    }
    std::ranges::reverse(all);
    return all;
  }

  const history& history_;
  std::vector<passage> passages_;  // those that were received first, in the order of their receives
  std::size_t received_ = 0;
};

}  // namespace

std::string chain_of(const history& smallest) {
  if (smallest.capacity == 0U) {
    return {};  // a send takes effect together with its receive: there is nothing in between to reason about
  }
  std::string text;
  const std::vector<std::string> steps = deduction(smallest).contradiction();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    text += fmt::format("    {}. {}\n", i + 1, steps[i]);
  }
  return text;
}

}  // namespace plumbline::oracle

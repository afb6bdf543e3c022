#include "plumbline/oracle/shrinking.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace plumbline::oracle {
namespace {

using kind = operation_kind;

bool has_drop_receiver(const std::vector<request>& script) {
  return std::ranges::any_of(script, [](const request& asked) { return asked.kind == kind::drop_receiver; });
}

std::size_t count(const program& one, kind wanted) {
  std::size_t all = 0;
  for (const auto& script : one.scripts) {
    for (const request& asked : script) {
      all += asked.kind == wanted ? asked.burst : 0;
    }
  }
  return all;
}

bool drops_all_senders(const program& one) {
  return count(one, kind::drop_sender) == one.senders + count(one, kind::clone);
}

// Whether each receive gets something in the end: a value, or the news that there is none.
bool receiver_ends(const program& one, bool hears_of_disconnection) {
  const std::size_t sure_values = count(one, kind::send);
  std::size_t receives = 0;
  for (const request& asked : one.receiving) {
    if (asked.kind == kind::recv && !hears_of_disconnection && receives >= sure_values) {
      return false;
    }
    receives += is_recv(asked.kind) ? 1U : 0U;
  }
  const bool waits_after = std::ranges::count(one.after, kind::recv, &request::kind) > 0;
  const bool waits_at_the_end =
      one.end == ending::until_disconnected || (one.end == ending::until_empty && one.drain == kind::recv);
  return hears_of_disconnection || (!waits_after && !waits_at_the_end);
}

// Whether each send gets rid of its value in the end.
bool senders_end(const program& one) {
  if (!one.capacity || count(one, kind::send) == 0) {
    return true;
  }
  const bool goes_on = one.end != ending::leave || has_drop_receiver(one.receiving) || has_drop_receiver(one.after);
  const std::size_t sends = count(one, kind::send) + count(one, kind::try_send) + count(one, kind::send_for);
  const auto receives = static_cast<std::size_t>(std::ranges::count(one.receiving, kind::recv, &request::kind));
  return goes_on || receives >= sends;
}

bool always_ends(const program& one, disconnection disconnect) {
  return receiver_ends(one, tells_receiver(disconnect) && drops_all_senders(one)) && senders_end(one);
}

// Copies what is kept, and counts along.
class copier {
 public:
  explicit copier(const std::vector<std::size_t>& left_out) : left_out_(left_out.begin(), left_out.end()) {}

  bool keeps_next() { return !left_out_.contains(number_++); }

  std::vector<request> script(const std::vector<request>& whole) {
    std::vector<request> kept;
    for (const request& asked : whole) {
      if (keeps_next()) {
        kept.push_back(asked);
      }
    }
    return kept;
  }

 private:
  std::set<std::size_t> left_out_;
  std::size_t number_ = 0;
};

// A thread uses its own sender and what it cloned from that; what was not cloned cannot be used.
void leave_out_strangers(std::vector<request>& script, std::uint32_t own) {
  std::set<std::uint32_t> known{own};
  std::erase_if(script, [&](const request& asked) {
    if (!known.contains(asked.sender)) {
      return true;
    }
    if (asked.kind == kind::clone) {
      known.insert(static_cast<std::uint32_t>(asked.value));
    }
    return false;
  });
}

// The threads that are left, with senders that are numbered without gaps: those in the beginning, then the clones.
void renumber(program& one) {
  std::vector<std::vector<request>> scripts;
  std::map<std::uint32_t, std::uint32_t> numbers;
  for (std::uint32_t thread = 0; thread < one.scripts.size(); ++thread) {
    const bool is_last_chance = scripts.empty() && thread + 1 == one.scripts.size();
    if (!one.scripts[thread].empty() || is_last_chance) {
      numbers.emplace(thread, static_cast<std::uint32_t>(scripts.size()));
      scripts.push_back(std::move(one.scripts[thread]));
    }
  }
  one.senders = static_cast<std::uint32_t>(scripts.size());
  one.scripts = std::move(scripts);
  for (auto& script : one.scripts) {
    for (request& asked : script) {
      asked.sender = numbers.at(asked.sender);
      if (asked.kind == kind::clone) {
        const auto next = static_cast<std::uint32_t>(numbers.size());
        asked.value = numbers.emplace(static_cast<std::uint32_t>(asked.value), next).first->second;
      }
    }
  }
}

}  // namespace

std::size_t requests_of(const program& one) {
  std::size_t all = one.receiving.size() + one.after.size() + (one.end != ending::leave ? 1 : 0);
  for (const auto& script : one.scripts) {
    all += script.size();
  }
  return all;
}

std::optional<program> without(const program& whole, disconnection disconnect,
                               const std::vector<std::size_t>& left_out) {
  if (left_out.empty()) {
    return whole;
  }
  if (left_out.back() >= requests_of(whole)) {
    return std::nullopt;
  }
  copier keep(left_out);
  program less = whole;
  for (std::uint32_t thread = 0; thread < less.scripts.size(); ++thread) {
    less.scripts[thread] = keep.script(whole.scripts[thread]);
    leave_out_strangers(less.scripts[thread], thread);
  }
  less.receiving = keep.script(whole.receiving);
  if (whole.end != ending::leave && !keep.keeps_next()) {
    less.end = ending::leave;
  }
  less.after = keep.script(whole.after);
  renumber(less);
  // Nobody will be told `disconnected` any more; who polls can do without.
  if (less.end == ending::until_disconnected && !drops_all_senders(less) && less.drain != kind::recv) {
    less.end = ending::until_empty;
  }
  return always_ends(less, disconnect) ? std::optional(std::move(less)) : std::nullopt;
}

namespace {

program whole_program(const channel_type& type, campaign_options options, std::uint64_t index) {
  options.without.clear();
  return campaign(type, std::move(options)).program_number(index);
}

class shrinker {
 public:
  shrinker(const channel_type& type, const campaign_options& options, const finding& found, std::uint64_t tries,
           std::uint64_t most_runs, const std::function<bool()>& go_on)
      : type_(type),
        options_(options),
        whole_(whole_program(type, options, found.program)),
        tries_(tries),
        most_runs_(most_runs),
        go_on_(go_on) {
    options_.only_program = found.program;
    options_.jobs = 1;
    options_.refutes_stronger = false;
    options_.seen_by = nullptr;              // what is seen there is the finding
    options_.time = std::chrono::hours(24);  // the number of runs is the limit, and go_on()
    options_.hangs_after = std::min(options_.hangs_after, patience);
    best_.smallest = found;
    best_.left_out = options.without;
    best_.burst = options.burst;
  }

  shrunk smallest() {
    find_out_how_often_it_fails();
    try_plain_payload();
    for (std::size_t thread = 0; thread < whole_.scripts.size(); ++thread) {
      attempt(requests_of_thread(thread));
    }
    if (!attempt(how_it_ends())) {
      attempt(drops_of_senders());
    }
    for (std::size_t length = kept().size() / 2; length > 1; length /= 2) {
      const std::vector<std::size_t> all = kept();
      for (std::size_t at = 0; at < all.size(); at += length) {
        attempt({all.begin() + static_cast<std::ptrdiff_t>(at),
                 all.begin() + static_cast<std::ptrdiff_t>(std::min(at + length, all.size()))});
      }
    }
    while (one_less()) {
    }
    shorten_bursts();
    best_.requests = requests_of(*without(whole_, options_.promised.disconnect, best_.left_out));
    return std::move(best_);
  }

 private:
  std::vector<std::size_t> requests_of_thread(std::size_t thread) const {
    std::size_t first = 0;
    for (std::size_t before = 0; before < thread; ++before) {
      first += whole_.scripts[before].size();
    }
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < whole_.scripts[thread].size(); ++i) {
      all.push_back(first + i);
    }
    return all;
  }

  // Of these no single one can go.
  std::vector<std::size_t> drops_of_senders() const {
    std::vector<std::size_t> all;
    std::size_t number = 0;
    for (const auto& script : whole_.scripts) {
      for (const request& asked : script) {
        if (asked.kind == kind::drop_sender) {
          all.push_back(number);
        }
        ++number;
      }
    }
    return all;
  }

  // And whatever follows the receiver's script.
  std::vector<std::size_t> how_it_ends() const {
    std::vector<std::size_t> all = drops_of_senders();
    const std::size_t requests = requests_of(whole_);
    for (std::size_t i = requests - whole_.after.size() - (whole_.end != ending::leave ? 1 : 0); i < requests; ++i) {
      all.push_back(i);
    }
    return all;
  }

  std::vector<std::size_t> kept() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < requests_of(whole_); ++i) {
      if (!std::ranges::binary_search(best_.left_out, i)) {
        all.push_back(i);
      }
    }
    return all;
  }

  // If it fails each time, there is no need to try what is smaller five hundred times.
  void find_out_how_often_it_fails() {
    constexpr std::uint64_t failures = 3;
    const std::uint64_t before = best_.runs;
    options_.without = best_.left_out;
    for (std::uint64_t i = 0; i < failures; ++i) {
      if (best_.runs >= most_runs_ || !go_on_() || !fails()) {
        return;
      }
    }
    tries_ = std::clamp<std::uint64_t>(10 * (best_.runs - before) / failures, 30, tries_);
  }

  // A payload that is a fault is named only if it matters.
  void try_plain_payload() {
    const bool accepted = type_.payloads.has(payload::plain) && whole_.carried != payload::plain && !options_.carried;
    if (!accepted || best_.runs >= most_runs_ || !go_on_()) {
      return;
    }
    options_.carried = payload::plain;
    best_.plain = fails();
    if (!best_.plain) {
      options_.carried.reset();
    }
  }

  // The shortest bursts with which it fails: twice as long each time, and then between the last two.
  void shorten_bursts() {
    options_.without = best_.left_out;
    const auto smallest = without(whole_, options_.promised.disconnect, best_.left_out);
    std::uint32_t too_short = 0;
    std::uint32_t enough = options_.burst.value_or(smallest->longest_burst());
    for (std::uint32_t length = 1; length < enough; length *= 2) {
      (fails_with_bursts_of(length) ? enough : too_short) = length;
    }
    while (enough - too_short > 1) {
      const std::uint32_t between = too_short + (enough - too_short) / 2;
      (fails_with_bursts_of(between) ? enough : too_short) = between;
    }
  }

  bool fails_with_bursts_of(std::uint32_t length) {
    options_.burst = length;
    if (best_.runs >= most_runs_ || !go_on_() || !fails()) {
      return false;
    }
    best_.burst = length;
    return true;
  }

  // A pass over single requests, and pairs of them: a send and its receive, a clone and its drop go together.
  bool one_less() {
    const std::vector<std::size_t> all = kept();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (attempt({all[i]})) {
        return true;
      }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t j = i + 1; j < all.size(); ++j) {
        if (attempt({all[i], all[j]})) {
          return true;
        }
      }
    }
    return false;
  }

  // Whether it still fails without these, too; if so, they are left out for good.
  bool attempt(const std::vector<std::size_t>& more) {
    std::set<std::size_t> fewer(best_.left_out.begin(), best_.left_out.end());
    fewer.insert(more.begin(), more.end());
    options_.without.assign(fewer.begin(), fewer.end());
    if (options_.without == best_.left_out || best_.runs >= most_runs_ || !go_on_()) {
      return false;
    }
    const auto less = without(whole_, options_.promised.disconnect, options_.without);
    if (!less || !tried_.insert(to_string(*less)).second) {
      return false;
    }
    return fails();
  }

  // Whether what is left without options_.without fails; if so, this is the smallest so far.
  bool fails() {
    options_.programs = std::min(tries_, most_runs_ - best_.runs);
    campaign_result result = campaign(type_, options_).run([&](const tally&) { return go_on_(); });
    best_.runs += result.done.programs;
    best_.threads_are_stuck = best_.threads_are_stuck || result.threads_are_stuck;
    if (!result.found || !result.found->misuse.empty() || result.found->judged.broken != best_.smallest.judged.broken) {
      return false;
    }
    best_.left_out = options_.without;
    best_.smallest = *std::move(result.found);
    return true;
  }

  // What hangs costs so long each time, and it is known to hang.
  static constexpr std::chrono::milliseconds patience{500};

  const channel_type& type_;
  campaign_options options_;
  const program whole_;
  std::uint64_t tries_;
  const std::uint64_t most_runs_;
  const std::function<bool()>& go_on_;
  std::set<std::string> tried_;
  shrunk best_;
};

}  // namespace

shrunk shrink_program(const channel_type& type, const campaign_options& options, const finding& found,
                      std::uint64_t tries, std::uint64_t most_runs, const std::function<bool()>& go_on) {
  return shrinker(type, options, found, tries, most_runs, go_on).smallest();
}

}  // namespace plumbline::oracle

#include "plumbline/oracle/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace plumbline::oracle {
namespace {

using kind = operation_kind;
using std::chrono::nanoseconds;

std::uint64_t mixed(std::uint64_t bits) noexcept {
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31U);
}

// The kinds among `wanted` that a channel has.
template <std::size_t Count>
std::vector<kind> those_of(const operation_set& operations, const std::array<kind, Count>& wanted) {
  std::vector<kind> found;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(found), [&](kind one) { return operations.has(one); });
  return found;
}

// Draws one program.
class draft {
 public:
  draft(const program_shape& shape, std::uint64_t seed, std::uint64_t index)
      : shape_(shape),
        random_(seed, index),
        sends_(those_of(shape.operations, std::array{kind::send, kind::try_send, kind::send_for})),
        receives_(those_of(shape.operations, std::array{kind::recv, kind::try_recv, kind::recv_for})),
        polls_(those_of(shape.operations, std::array{kind::try_recv, kind::recv_for})) {}

  program finished() {
    result_.capacity = random_.one_of<oracle::capacity>(shape_.capacities);
    constexpr std::array<std::uint32_t, 8> usual_senders = {1, 1, 2, 2, 2, 3, 3, 4};
    result_.senders = shape_.senders.value_or(random_.one_of<std::uint32_t>(usual_senders));
    next_handle_ = result_.senders;
    drops_ = tells_receiver(shape_.disconnect);
    drops_receiver_ = tells_senders(shape_.disconnect);
    counts_ = !drops_ && shape_.operations.has(kind::recv) && !shape_.operations.has(kind::send);
    // Now and then one sender stays: then nobody may ever hear `disconnected`.
    if (drops_ && !polls_.empty() && random_.one_in(8)) {
      kept_ = random_.below(result_.senders);
    }
    if (polls_.empty() && !drops_ && shape_.operations.has(kind::send)) {
      sends_ = {kind::send};  // the receiver can only wait, so each send has to be one that brings a value for sure
    }
    deal_out_sends();
    for (std::uint32_t thread = 0; thread < result_.senders; ++thread) {
      write_sender(thread);
    }
    write_receiver();
    return std::move(result_);
  }

 private:
  nanoseconds patience() {
    constexpr std::array<int, 4> microseconds = {0, 10, 60, 250};
    return std::chrono::microseconds(random_.one_of<int>(microseconds));
  }

  // How many values each thread sends. In all few enough that a run has about 14 operations: each value is sent and
  // received, each sender dropped. A thread may send none.
  void deal_out_sends() {
    constexpr std::array<std::uint32_t, 9> most = {0, 6, 5, 5, 4, 4, 4, 4, 4};
    const std::uint32_t total = 1 + random_.below(most[std::min<std::size_t>(result_.senders, most.size() - 1)]);
    shares_.assign(result_.senders, 0);
    for (std::uint32_t i = 0; i < total; ++i) {
      ++shares_[random_.below(result_.senders)];
    }
  }

  void write_sender(std::uint32_t thread) {
    std::vector<request>& script = result_.scripts.emplace_back();
    std::vector<std::uint32_t> mine = {thread};
    const auto drop = [&](std::size_t which) {
      script.push_back({.kind = kind::drop_sender, .sender = mine[which]});
      mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(which));
    };
    for (std::uint32_t left = shares_[thread]; left > 0;) {
      const std::uint32_t with = mine[random_.below(static_cast<std::uint32_t>(mine.size()))];
      if (shape_.operations.has(kind::clone) && next_handle_ < max_senders && clones_left_ > 0 && random_.one_in(6)) {
        --clones_left_;
        script.push_back({.kind = kind::clone, .sender = with, .value = next_handle_});
        mine.push_back(next_handle_++);
      } else if (drops_ && mine.size() > 1 && random_.one_in(3)) {
        const std::uint32_t which = random_.below(static_cast<std::uint32_t>(mine.size()));
        if (mine[which] != kept_) {
          drop(which);
        }
      } else {
        const kind how = random_.one_of<kind>(sends_);
        script.push_back({.kind = how,
                          .sender = with,
                          .value = next_value_++,
                          .patience = how == kind::send_for ? patience() : nanoseconds(0)});
        sure_sends_ += how == kind::send ? 1U : 0U;
        --left;
      }
    }
    while (drops_ && !mine.empty()) {
      const std::uint32_t which = random_.below(static_cast<std::uint32_t>(mine.size()));
      if (mine[which] == kept_) {
        mine.erase(mine.begin() + which);
      } else {
        drop(which);
      }
    }
  }

  bool all_dropped() const { return drops_ && !kept_; }

  // One receive of the script. Waiting for ever is only for who will be told, or for a value that is sure to come.
  request receive() {
    kind how = random_.one_of<kind>(receives_);
    if (how == kind::recv && !all_dropped() && receives_so_far_ >= sure_sends_) {
      how = random_.one_of<kind>(polls_);
    }
    ++receives_so_far_;
    return {.kind = how, .patience = how == kind::recv_for ? patience() : nanoseconds(0)};
  }

  void write_receiver() {
    if (polls_.empty() && !all_dropped() && counts_) {
      result_.end = ending::until_all_received;
      result_.drain = kind::recv;
      return;
    }
    if (polls_.empty() && !all_dropped()) {
      for (std::uint32_t i = 0; i < sure_sends_; ++i) {
        result_.receiving.push_back({.kind = kind::recv});
      }
      return;
    }
    for (std::uint32_t left = random_.below(4); left > 0; --left) {
      result_.receiving.push_back(receive());
    }
    if (drops_receiver_ && random_.one_in(3)) {
      result_.receiving.push_back({.kind = kind::drop_receiver});
      return;
    }
    result_.drain = random_.one_of<kind>(all_dropped() || counts_ ? receives_ : polls_);
    result_.end = all_dropped()                 ? ending::until_disconnected
                  : result_.drain == kind::recv ? ending::until_all_received
                                                : ending::until_empty;
    result_.drain_patience = result_.drain == kind::recv_for ? std::chrono::microseconds(50) : nanoseconds(0);
    if (all_dropped() && random_.one_in(4)) {
      result_.after.push_back(receive());  // what was disconnected once stays so
    }
    if (drops_receiver_ && random_.one_in(2)) {
      result_.after.push_back({.kind = kind::drop_receiver});
    }
  }

  const program_shape& shape_;
  random_source random_;
  std::vector<kind> sends_;
  std::vector<kind> receives_;
  std::vector<kind> polls_;  // those that do not wait for ever
  program result_;
  bool drops_ = false;  // every sender, but for kept_
  bool drops_receiver_ = false;
  bool counts_ = false;  // no send is sure, nobody is told of the end: a recv can only go by what was sent
  std::optional<std::uint32_t> kept_;  // this sender is never dropped
  std::vector<std::uint32_t> shares_;
  std::uint32_t next_handle_ = 0;
  std::uint32_t clones_left_ = 2;
  std::uint32_t sure_sends_ = 0;  // sends that block until they have succeeded, unless the receiver goes
  std::uint32_t receives_so_far_ = 0;
  std::uint64_t next_value_ = 1;
};

std::string to_string(const request& asked) {
  std::string text(to_string(asked.kind));
  switch (asked.kind) {
    case kind::send:
    case kind::try_send:
    case kind::send_for:
      text += asked.burst == 1 ? fmt::format("({}) by {}", asked.value, asked.sender)
                               : fmt::format("({}, {}, …) by {} {} times", asked.value,
                                             asked.value + program::burst_step, asked.sender, asked.burst);
      break;
    case kind::clone:
      text += fmt::format(" {} as {}", asked.sender, asked.value);
      break;
    case kind::drop_sender:
      text += fmt::format(" {}", asked.sender);
      break;
    default:
      break;
  }
  if (asked.kind == kind::send_for || asked.kind == kind::recv_for) {
    text += fmt::format(" within {} us", std::chrono::duration_cast<std::chrono::microseconds>(asked.patience).count());
  }
  return text;
}

std::string line(const std::vector<request>& script) {
  std::string text;
  for (const request& asked : script) {
    text += (text.empty() ? "" : "; ") + to_string(asked);
  }
  return text;
}

}  // namespace

random_source::random_source(std::uint64_t seed, std::uint64_t stream) noexcept
    : state_(mixed(seed + 0x9e3779b97f4a7c15U) ^ mixed(mixed(stream + 1))) {}

std::uint64_t random_source::next() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15U); }

std::uint32_t random_source::below(std::uint32_t bound) noexcept {
  return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
}

std::size_t program::most_operations() const {
  std::size_t sends = 0;
  std::size_t longest = 0;
  for (const auto& script : scripts) {
    std::size_t all = 0;
    for (const request& asked : script) {
      all += asked.burst;
    }
    sends += all;
    longest = std::max(longest, all);
  }
  // Draining keeps at most one refusal before each value, and one at the end; and one more is under way.
  return std::max(longest, receiving.size() + 2 * sends + after.size() + 4);
}

std::uint32_t program::longest_burst() const {
  std::uint32_t longest = 1;
  for (const auto& script : scripts) {
    for (const request& asked : script) {
      longest = std::max(longest, asked.burst);
    }
  }
  return longest;
}

void program::shorten_bursts(std::uint32_t most) {
  for (auto& script : scripts) {
    for (request& asked : script) {
      asked.burst = std::min(asked.burst, most);
    }
  }
}

std::optional<program::held_sender> program::held() const {
  if (carried != payload::reentrant) {
    return std::nullopt;
  }
  std::uint32_t number = senders;
  std::optional<std::uint64_t> first;
  for (const auto& script : scripts) {
    for (const request& asked : script) {
      number += asked.kind == kind::clone ? 1U : 0U;
      first = first || !is_send(asked.kind) ? first : asked.value;
    }
  }
  return first && number < max_senders ? std::optional(held_sender{*first, number}) : std::nullopt;
}

program_shape shape_for(const channel_type& type) {
  program_shape shape{.operations = type.operations,
                      .disconnect = type.promises.disconnect,
                      .capacities = {},
                      .payloads = type.payloads};
  for (const oracle::capacity places :
       {oracle::capacity(), oracle::capacity(0), oracle::capacity(1), oracle::capacity(2), oracle::capacity(3)}) {
    if (type.sizes.contains(places)) {
      shape.capacities.push_back(places);
    }
  }
  if (shape.capacities.empty()) {
    shape.capacities.emplace_back(type.sizes.smallest);
  }
  if (type.sizes.unbounded) {
    shape.large.emplace_back();
  }
  if (type.sizes.bounded()) {
    shape.large.emplace_back(std::clamp<std::size_t>(64, type.sizes.smallest, type.sizes.largest));
  }
  return shape;
}

namespace {

// Every other program is plain: most bugs need nothing else, and it is the fastest.
payload drawn_from(const payload_set& accepted, random_source random) {
  std::vector<payload> others;
  std::ranges::copy_if(every_payload, std::back_inserter(others),
                       [&](payload one) { return one != payload::plain && accepted.has(one); });
  const bool takes_plain = accepted.empty() || accepted.has(payload::plain);
  return others.empty() || (takes_plain && random.one_in(2)) ? payload::plain : random.one_of<payload>(others);
}

// Makes bursts of the sends, now and then. Not if somebody may be left with values that nobody receives.
void add_bursts(program& one, const program_shape& shape, random_source random) {
  if (!random.one_in(100) || shape.large.empty() || one.end == ending::leave) {
    return;
  }
  std::vector<request*> sends;
  std::uint64_t clones = 0;
  for (auto& script : one.scripts) {
    for (request& asked : script) {
      clones += asked.kind == kind::clone ? 1U : 0U;
      if (is_send(asked.kind)) {
        sends.push_back(&asked);
      }
    }
  }
  if (shape.bursts_of_one_sender && one.senders + clones > 1) {
    return;
  }
  one.capacity = random.one_of<oracle::capacity>(shape.large);
  constexpr std::size_t few = 64;
  constexpr std::size_t many = 1024;
  const std::size_t reach = std::clamp(one.capacity.value_or(few), few, many);
  for (request* const asked : sends) {
    asked->burst = static_cast<std::uint32_t>((reach + reach / 4) / sends.size()) + random.below(16);
  }
}

}  // namespace

program generate(const program_shape& shape, std::uint64_t seed, std::uint64_t index) {
  // Any numbers: what is drawn from one of these changes nothing else.
  constexpr std::uint64_t payload_stream = 0x7061796c6f6164;
  constexpr std::uint64_t burst_stream = 0x6275727374;
  program drawn = draft(shape, seed, index).finished();
  drawn.carried = drawn_from(shape.payloads, random_source(seed ^ payload_stream, index));
  add_bursts(drawn, shape, random_source(seed ^ burst_stream, index));
  return drawn;
}

std::string to_string(const program& one) {
  std::string text =
      fmt::format("capacity {}, {} sender{}", to_string(one.capacity), one.senders, one.senders == 1 ? "" : "s");
  if (one.carried != payload::plain) {
    text += fmt::format(", payload {}", to_string(one.carried));
  }
  if (const auto held = one.held()) {
    text += fmt::format(": {} holds sender {}, which its destructor drops", held->value, held->sender);
  }
  text += "\n";
  for (std::size_t thread = 0; thread < one.scripts.size(); ++thread) {
    text += fmt::format("  thread {}: {}\n", thread, line(one.scripts[thread]));
  }
  std::vector<std::string> receiver;
  if (!one.receiving.empty()) {
    receiver.push_back(line(one.receiving));
  }
  if (one.end != ending::leave) {
    receiver.push_back(fmt::format("{} until {}", to_string(request{.kind = one.drain, .patience = one.drain_patience}),
                                   one.end == ending::until_disconnected   ? "disconnected"
                                   : one.end == ending::until_all_received ? "it has all that was sent"
                                                                           : "all senders are done and it is empty"));
  }
  if (!one.after.empty()) {
    receiver.push_back(line(one.after));
  }
  return text + fmt::format("  receiver: {}\n", fmt::join(receiver, "; "));
}

}  // namespace plumbline::oracle

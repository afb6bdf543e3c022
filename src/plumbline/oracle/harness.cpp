#include "plumbline/oracle/harness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/run_verdict.hpp"
#include "plumbline/oracle/runner.hpp"
#include "plumbline/oracle/scheduling.hpp"
#include "plumbline/oracle/shrinking.hpp"
#include "plumbline/oracle/situations.hpp"

namespace plumbline::oracle {
namespace {

using std::chrono::steady_clock;

program_shape shape_of(const channel_type& type, const campaign_options& options) {
  program_shape shape = shape_for(type);
  shape.disconnect = options.promised.disconnect;
  shape.senders = options.senders;
  // Where senders may overtake each other, a long history takes a search that is too long.
  shape.bursts_of_one_sender = options.promised.order != order::linearizable;
  if (options.capacity) {
    shape.capacities = {*options.capacity};
    shape.large = {*options.capacity};
  }
  if (options.carried) {
    shape.payloads = {*options.carried};
  }
  return shape;
}

std::uint64_t values_received(const history& recorded) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      recorded.operations, [](const operation& one) { return is_recv(one.kind) && one.result == outcome::ok; }));
}

tally tally_of(const black_box& box) {
  const std::uint64_t programs = box.programs.load();
  return {
      .programs = programs,
      .operations = box.operations.load(),
      .received = box.received.load(),
      .overlapping = box.overlapping.load(),
      .undecided = box.undecided.load(),
      .tracked = box.tracked.load(),
      .situations = 0,
      .seconds = steady_clock::now() - box.start.load(),
      .lag = std::chrono::nanoseconds(box.judging.load()) / static_cast<double>(std::max<std::uint64_t>(programs, 1))};
}

// Notices that nothing moves any more in one runner.
class watchdog {
 public:
  explicit watchdog(runner& watched) : watched_(watched) {}

  // Call it every few milliseconds. True: it hangs.
  bool hangs(std::chrono::milliseconds patience) {
    const auto now = steady_clock::now();
    const std::uint64_t beat = watched_.heartbeat();
    // Only growth counts: a receiver that polls goes back and forth over the same record.
    if (beat > highest_ || !watched_.running()) {
      highest_ = std::max(beat, highest_);
      since_ = now;
      watching_ = false;
      return false;
    }
    if (!watching_ && now - since_ > patience / 2) {
      watching_ = true;
      watched_.watch_turns();
    }
    return now - since_ > patience && watched_.had_their_turn(std::chrono::milliseconds(20));
  }

 private:
  runner& watched_;
  std::uint64_t highest_ = 0;
  steady_clock::time_point since_ = steady_clock::now();
  bool watching_ = false;
};

}  // namespace

bool overlaps(const history& recorded) {
  // The operations are sorted by their begins, so who overlaps somebody overlaps the one with the latest end so far.
  std::uint64_t latest_end = 0;
  std::uint32_t whose = 0;
  for (const operation& one : recorded.operations) {
    if (one.begin <= latest_end && one.thread != whose) {
      return true;
    }
    if (one.end >= latest_end) {
      latest_end = one.end;
      whose = one.thread;
    }
  }
  return false;
}

struct campaign::shared_state {
  shared_state(channel_type of, campaign_options with)
      : type(std::move(of)),
        options(std::move(with)),
        shape(shape_of(type, options)),
        own(options.seen_by == nullptr ? std::make_unique<black_box>(options.jobs) : nullptr),
        box(options.seen_by == nullptr ? *own : *options.seen_by) {
    if (options.refutes_stronger) {
      stronger = stronger_than(options.promised);
    }
  }

  const channel_type type;
  const campaign_options options;
  const program_shape shape;
  const std::unique_ptr<black_box> own;
  black_box& box;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> stop{false};
  oracle::situations situations;

  std::mutex mutex;  // of what follows
  std::optional<finding> found;
  std::vector<stronger_promise> stronger;
  std::string undecided_because;

  program program_number(std::uint64_t index) const {
    program one = generate(shape, options.seed, index);
    if (!options.without.empty()) {
      one = without(one, shape.disconnect, options.without).value();
    }
    if (options.burst) {
      one.shorten_bursts(*options.burst);
    }
    return one;
  }

  bool out_of_time() const { return steady_clock::now() - box.start.load() >= options.time; }

  tally done() const {
    tally all = tally_of(box);
    all.situations = situations.count();
    return all;
  }

  void count(const history& recorded) const {
    box.programs.fetch_add(1);
    box.operations.fetch_add(recorded.operations.size());
    box.received.fetch_add(values_received(recorded));
    box.overlapping.fetch_add(overlaps(recorded) ? 1U : 0U);
  }

  // The first one found stands; among jobs, whoever comes first.
  void report(finding one) {
    const std::scoped_lock lock(mutex);
    if (!found) {
      found = std::move(one);
    }
    stop.store(true);
  }

  void look_at(const observation& seen, std::uint64_t index, std::uint64_t round) {
    count(seen.recorded);
    box.tracked.fetch_add(seen.tracked ? 1U : 0U);
    situations.see(seen.recorded);
    finding one{.judged = {},
                .recorded = seen.recorded,
                .program = index,
                .round = round,
                .misuse = misuse_in(seen),
                .explained_by = {}};
    if (!one.misuse.empty()) {
      return report(std::move(one));
    }
    one.judged = verdict_of(seen);
    if (one.judged.what == judgement::violates) {
      one.explained_by = seen.faults.empty() ? strongest(seen.recorded, seen.recorded.promised) : std::nullopt;
      return report(std::move(one));
    }
    if (one.judged.what == judgement::unknown) {
      box.undecided.fetch_add(1);
      const std::scoped_lock lock(mutex);
      undecided_because = one.judged.because;
      return;
    }
    constexpr std::size_t short_enough = 100;  // to be explained many times; small programs refute as well
    if (seen.recorded.operations.size() > short_enough) {
      return;
    }
    for (stronger_promise& promise : stronger) {
      if (std::optional<verdict> broken = refutation(seen.recorded, promise)) {
        const std::scoped_lock lock(mutex);
        ++promise.refuted;
        if (!promise.example) {
          promise.example = one;
          promise.example->judged = *std::move(broken);
          promise.example->recorded.promised = promise.whole;
        }
      }
    }
  }

  // What there is to say when nothing moves any more.
  finding look_at_hung(runner& stuck) {
    const std::uint64_t index = stuck.running().value_or(0);
    // Lets things come to rest: on a busy machine a receiver that polls may be in its last receive for long.
    stuck.stop_polling();
    stuck.watch_turns();
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    } while (!stuck.had_their_turn(std::chrono::milliseconds(20)));
    const observation seen = stuck.abandoned();
    count(seen.recorded);
    finding one{.judged = {},
                .recorded = seen.recorded,
                .program = index,
                .hung = true,
                .misuse = misuse_in(seen),
                .explained_by = {}};
    if (one.misuse.empty()) {
      one.judged = verdict_of_hung(seen);
      if (one.judged.what == judgement::conforms) {
        const std::string_view stuck_in = stuck.under_way();
        one.judged = {.what = judgement::unknown,
                      .broken = {},
                      .because = stuck_in.empty()
                                     ? "nothing moves any more, though every operation that has not returned may wait"
                                     : fmt::format("the channel's {} does not return", stuck_in),
                      .witness = {}};
      }
    }
    return one;
  }
};

// One thread that runs programs, with the threads that it needs for them.
struct campaign::job {
  job(shared_state& state, unsigned number)
      : threads(state.type, state.options.promised, &state.box.jobs[number]), watch(threads) {}

  runner threads;
  watchdog watch;
  std::atomic<bool> finished{false};
  std::thread thread;
};

campaign::campaign(channel_type type, campaign_options options)
    : state_(std::make_shared<shared_state>(std::move(type), std::move(options))) {}

std::string campaign::unmet(const channel_type& type, const campaign_options& options) {
  if (options.capacity && !type.sizes.contains(*options.capacity)) {
    return fmt::format("{} cannot be made with capacity {}; it can with {}", type.name, to_string(*options.capacity),
                       to_string(type.sizes));
  }
  if (options.senders && (*options.senders < 1 || *options.senders > max_senders)) {
    return fmt::format("{} senders cannot be: 1 to {} can", *options.senders, max_senders);
  }
  if (options.carried && type.payloads.empty()) {
    return fmt::format("{} cannot carry a payload: its adapter is no template over it, so it carries numbers",
                       type.name);
  }
  if (options.carried && !(type.payloads | type.only_if_asked).has(*options.carried)) {
    return fmt::format("{} does not accept the payload {}; it does {}", type.name, to_string(*options.carried),
                       to_string(type.payloads));
  }
  if (options.shard >= options.shards) {
    return fmt::format("shard {} of {} cannot be: they count from 1", options.shard + 1, options.shards);
  }
  if (options.jobs < 1 || options.jobs > most_jobs) {
    return fmt::format("{} jobs cannot be: 1 to {} can", options.jobs, most_jobs);
  }
  if ((!options.without.empty() || options.burst) && !options.only_program) {
    return "requests can be left out of one program only, or its bursts be shorter: say of which";
  }
  if (options.burst == 0U) {
    return "a burst of 0 values is none: leave the request out";
  }
  if (!options.without.empty() && !without(generate(shape_of(type, options), options.seed, *options.only_program),
                                           options.promised.disconnect, options.without)) {
    return "without these requests the program might wait for ever on a correct channel, or it has no such requests";
  }
  const disconnection told = options.promised.disconnect;
  if ((tells_receiver(told) && !type.operations.has(operation_kind::drop_sender)) ||
      (tells_senders(told) && !type.operations.has(operation_kind::drop_receiver))) {
    return fmt::format("{} cannot be held to disconnect={}: it has no way to drop its {}", type.name, to_string(told),
                       type.operations.has(operation_kind::drop_sender) ? "receiver" : "senders");
  }
  return {};
}

program campaign::program_number(std::uint64_t index) const { return state_->program_number(index); }

void campaign::work(const std::shared_ptr<shared_state>& state, job& mine) {
  const campaign_options& options = state->options;
  while (!state->stop.load() && !state->out_of_time()) {
    const std::uint64_t number = state->next.fetch_add(1);
    if (options.programs && number >= *options.programs) {
      break;
    }
    if (options.operations && state->box.operations.load() >= *options.operations) {
      break;
    }
    const std::uint64_t index = options.only_program.value_or(options.shard + number * options.shards);
    const std::uint64_t round = options.only_program ? number : 0;
    const program next = state->program_number(index);
    const std::uint64_t perturbation = random_source(options.seed ^ (round << 1U), ~index).next();
    const scheduling how =
        options.schedules ? scheduling(random_source(perturbation, max_senders + 1), next.senders + 1) : scheduling();
    const observation seen = mine.threads.run(next, perturbation, how, index, round);
    const steady_clock::time_point ended = steady_clock::now();
    state->look_at(seen, index, round);
    state->box.judging.fetch_add(std::chrono::nanoseconds(steady_clock::now() - ended).count());
  }
  mine.finished.store(true);
}

namespace {

// Word by word: the strongest of each dimension that no program refuted. They come strongest first.
contract strengthened(contract kept, const std::vector<stronger_promise>& stronger) {
  for (const std::string_view dimension : {"order", "empty", "full", "capacity"}) {
    const auto unrefuted = std::ranges::find_if(
        stronger, [&](const stronger_promise& p) { return p.dimension == dimension && p.refuted == 0; });
    if (unrefuted == stronger.end()) {
      continue;
    }
    if (dimension == "order") {
      kept.order = unrefuted->whole.order;
    } else if (dimension == "empty") {
      kept.empty = unrefuted->whole.empty;
    } else if (dimension == "full") {
      kept.full = unrefuted->whole.full;
    } else {
      kept.capacity = unrefuted->whole.capacity;
    }
  }
  return kept;
}

}  // namespace

campaign_result campaign::run(const std::function<bool(const tally&)>& go_on) {
  const std::shared_ptr<shared_state> state = state_;
  state->box.start.store(steady_clock::now());
  state->box.started.store(true);
  std::vector<std::shared_ptr<job>> jobs;
  for (unsigned i = 0; i < state->options.jobs; ++i) {
    auto one = std::make_shared<job>(*state, i);
    // The thread keeps alive what it uses: if it hangs, it is left behind.
    one->thread = std::thread([state, one] { work(state, *one); });
    jobs.push_back(std::move(one));
  }

  campaign_result result;
  auto last_tick = steady_clock::now();
  while (!jobs.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::erase_if(jobs, [&](const std::shared_ptr<job>& one) {
      if (one->finished.load()) {
        one->thread.join();
        return true;
      }
      if (one->watch.hangs(state->options.hangs_after)) {
        result.threads_are_stuck = true;
        state->report(state->look_at_hung(one->threads));
        one->thread.detach();
        return true;
      }
      return false;
    });
    if (const auto now = steady_clock::now(); now - last_tick > std::chrono::milliseconds(100)) {
      last_tick = now;
      if (!go_on(state->done())) {
        state->stop.store(true);
      }
    }
  }

  const std::scoped_lock lock(state->mutex);
  result.done = state->done();
  result.found = state->found;
  result.stronger = state->stronger;
  result.situations = state->situations.in_words();
  result.kept = state->options.promised;
  if (result.found) {
    const bool judged = result.found->misuse.empty() && result.found->judged.what == judgement::violates;
    result.what = judged ? judgement::violates : judgement::unknown;
    result.because = result.found->misuse.empty() ? result.found->judged.because : result.found->misuse;
    if (judged && result.found->explained_by) {
      result.kept = *result.found->explained_by;
    }
    return result;
  }
  if (result.done.undecided > 0 || result.done.programs == 0) {
    result.what = judgement::unknown;
    result.because = result.done.programs == 0 ? "no program was run" : state->undecided_because;
  } else {
    result.what = judgement::conforms;
  }
  result.kept = strengthened(result.kept, result.stronger);
  return result;
}

campaign_result campaign::after_its_end(const black_box& box, const std::string& how, bool by_the_channel) const {
  const black_box::job& last = box.last();
  const bool in_a_program = last.running.active.load();
  const std::uint64_t index = last.running.index.load();
  const program ran = state_->program_number(index);
  finding one{.judged = {.what = by_the_channel ? judgement::violates : judgement::unknown,
                         .broken = {},
                         .because = in_a_program ? how : how + " between two programs; this is the last",
                         .witness = {}},
              .recorded = {.promised = state_->options.promised,
                           .capacity = ran.capacity,
                           .senders = ran.senders,
                           .operations = last.recorded.operations()},
              .program = index,
              .round = last.running.round.load(),
              .crashed = by_the_channel,
              .misuse = {},
              .explained_by = {}};
  campaign_result result;
  result.done = tally_of(box);
  result.done.programs += in_a_program ? 1 : 0;
  result.done.operations += in_a_program ? one.recorded.operations.size() : 0;
  result.done.overlapping += in_a_program && overlaps(one.recorded) ? 1 : 0;
  result.what = one.judged.what;
  result.because = one.judged.because;
  result.kept = state_->options.promised;
  result.found = std::move(one);
  return result;
}

}  // namespace plumbline::oracle

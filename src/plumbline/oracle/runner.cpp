#include "plumbline/oracle/runner.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <limits>

namespace plumbline::oracle {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

void pause_processor() noexcept {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

// Lets another thread run, if that is over soon. Where other programs want the processors, too, a yield lasts as long
// as their whole time slices, and then nearly nothing would be run; who sleeps, and is woken, comes before them. So it
// is measured, and where it was dear it is left out for a while. Returns whether it was done.
bool yield_if_cheap() noexcept {
  static thread_local unsigned left_out = 0;
  if (left_out > 0) {
    --left_out;
    return false;
  }
  const auto before = steady_clock::now();
  std::this_thread::yield();
  if (steady_clock::now() - before > std::chrono::milliseconds(1)) {
    left_out = 1000;
  }
  return true;
}

// Of a receiver that polls.
void let_senders_run() {
  if (!yield_if_cheap()) {
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

// Waits until `changes` is no longer `from`. Actively at first, for it comes soon if its thread has a processor, and a
// sleep and a wake-up would cost more.
template <class T>
void wait_for_change(const std::atomic<T>& changes, T from, unsigned most_yields,
                     unsigned pauses_between = 0) noexcept {
  const auto changed = [&] { return changes.load(std::memory_order_acquire) != from; };
  for (unsigned i = 0; i < most_yields && !changed() && yield_if_cheap(); ++i) {
    for (unsigned pauses = 0; pauses < pauses_between && !changed(); ++pauses) {
      pause_processor();
    }
  }
  changes.wait(from, std::memory_order_acquire);
}

}  // namespace

// Draws what a thread does between two operations: mostly nothing, else a short or a longer pause, or another thread's
// turn, or it lets the others get ahead by some operations, which makes orders likely that pauses alone would seldom
// lead to. What happens inside the operations cannot be reached from here.
class perturber {
 public:
  perturber(std::uint64_t seed, std::uint32_t thread, const recorder& of_all) noexcept
      : random_(seed, thread), of_all_(of_all) {}

  void before_first() noexcept {
    switch (random_.below(8)) {
      case 0:
        return let_others_ahead(1 + random_.below(16));
      case 1:
      case 2:
      case 3:
        return spin(random_.below(300));
      default:
        return;
    }
  }
  void between() noexcept {
    switch (random_.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return spin(random_.below(16));
      case 4:
      case 5:
      case 6:
        return spin(random_.below(200));
      case 7:
        yield_if_cheap();
        return;
      case 8:
        return let_others_ahead(1 + random_.below(6));
      default:
        return;
    }
  }
  // Every other time: until nothing happens any more, because all is sent or there is no room.
  void let_others_fill_it() noexcept {
    if (random_.one_in(2)) {
      return;
    }
    std::uint64_t before = 0;
    do {
      before = of_all_.progress();
      let_others_ahead(64);
    } while (of_all_.progress() != before);
  }
  bool one_in(std::uint32_t chances) noexcept { return random_.one_in(chances); }

 private:
  static void spin(std::uint32_t turns) noexcept {
    for (; turns > 0; --turns) {
      pause_processor();
    }
  }

  // Until so many operations of others have begun or ended, if they do soon: they may well wait for this thread.
  void let_others_ahead(std::uint64_t events) noexcept {
    constexpr unsigned most_yields = 20;
    const std::uint64_t enough = of_all_.progress() + events;
    for (unsigned turns = 0; turns < most_yields && of_all_.progress() < enough; ++turns) {
      spin(30);
      yield_if_cheap();
    }
  }

  random_source random_;
  const recorder& of_all_;
};

runner::runner(const channel_type& type, contract promised, black_box::job* seen)
    : type_(type),
      promised_(promised),
      own_(seen == nullptr ? std::make_unique<black_box::job>(std::pmr::get_default_resource()) : nullptr),
      recorder_(seen == nullptr ? own_->recorded : seen->recorded),
      running_(seen == nullptr ? own_->running : seen->running) {
  stamp_clock::name();  // finds out now which clock to use, not in the middle of the first operation
  for (std::uint32_t thread = 0; thread <= max_senders; ++thread) {
    watched_.push_back(std::make_unique<watched_thread>());
  }
  for (std::uint32_t thread = 0; thread < max_senders; ++thread) {
    turns_.push_back(std::make_unique<std::atomic<int>>(0));
  }
}

runner::~runner() {
  for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
    turns_[thread]->store(-1, std::memory_order_release);
    turns_[thread]->notify_one();
  }
  for (std::thread& one : threads_) {
    one.join();
  }
}

// A sender thread: waits for its turn, runs its script, and again.
void runner::work(std::uint32_t thread) {
  watched_[thread]->is_this_thread();
  ledger::use_on_this_thread(&ledger_);
  note_running_on_this_thread(&running_);
  const std::atomic<int>& turn = *turns_[thread];
  for (int seen = 0;;) {
    wait_for_change(turn, seen, 200);
    seen = turn.load(std::memory_order_acquire);
    if (seen < 0) {
      return;
    }
    run_sender(thread);
    watched_[thread]->busy.store(false, std::memory_order_release);
    if (senders_running_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      senders_running_.notify_one();
    }
  }
}

// The start line: nobody starts before all are there.
void runner::line_up() {
  const std::uint32_t all = program_->senders + 1;
  if (lined_up_.fetch_add(1, std::memory_order_acq_rel) + 1 == all) {
    lined_up_.notify_all();
  }
  for (std::uint32_t there = lined_up_.load(std::memory_order_acquire); there < all;
       there = lined_up_.load(std::memory_order_acquire)) {
    wait_for_change(lined_up_, there, 10'000, 64);
  }
}

void runner::run_sender(std::uint32_t thread) {
  perturber perturb(perturbation_, thread, recorder_);
  scheduling_.apply(thread);
  line_up();
  perturb.before_first();
  for (request asked : program_->scripts[thread]) {
    if (held_ && is_send(asked.kind) && asked.value == held_->value) {
      perform(thread, {.kind = operation_kind::clone, .sender = asked.sender, .value = held_->sender});
    }
    for (std::uint32_t i = 0; i < asked.burst; ++i) {
      if (perform(thread, asked).result == outcome::pending) {
        return;
      }
      asked.value += program::burst_step;
    }
    perturb.between();
  }
}

void runner::run_receiver(std::uint32_t thread) {
  perturber perturb(perturbation_, thread, recorder_);
  scheduling_.apply(thread);
  line_up();
  perturb.before_first();
  if (program_->has_bursts()) {
    perturb.let_others_fill_it();
  }
  for (const request& asked : program_->receiving) {
    if (perform(thread, asked).result == outcome::pending) {
      return;
    }
    perturb.between();
  }
  drain(thread, perturb);
  if (stop_polling_.load(std::memory_order_acquire)) {
    return;
  }
  for (const request& asked : program_->after) {
    if (perform(thread, asked).result == outcome::pending) {
      return;
    }
    perturb.between();
  }
}

void runner::drain(std::uint32_t thread, perturber& perturb) {
  if (program_->end == ending::leave) {
    return;
  }
  const request receive{.kind = program_->drain, .patience = program_->drain_patience};
  if (program_->end == ending::until_all_received) {
    return receive_all_that_was_sent(thread, perturb, receive);
  }
  // Most refusals are not kept, or a history would consist of them: a refusal that is left out changes nothing else.
  for (int refusals_to_keep = 3;;) {
    const bool senders_were_done = senders_running_.load(std::memory_order_acquire) == 0;
    const outcome said = perform(thread, receive).result;
    // Disconnected; or what no receive may say, which is kept for whoever judges the adapter.
    if (said != outcome::ok && said != outcome::empty && said != outcome::timeout) {
      return;
    }
    // Once the senders are done there is nothing more to wait for; if `disconnected` should have come, the oracle says
    // so.
    if (said != outcome::ok && (senders_were_done || stop_polling_.load(std::memory_order_acquire))) {
      return;
    }
    if (said != outcome::ok) {
      if (refusals_to_keep > 0 && perturb.one_in(4)) {
        --refusals_to_keep;
      } else {
        recorder_.of(thread).forget();
      }
      let_senders_run();
    }
    perturb.between();
  }
}

void runner::receive_all_that_was_sent(std::uint32_t thread, perturber& perturb, const request& receive) {
  for (bool senders_were_done = false; !senders_were_done && !stop_polling_.load(std::memory_order_acquire);) {
    senders_were_done = senders_running_.load(std::memory_order_acquire) == 0;
    while (received_ < sent_.load(std::memory_order_acquire)) {
      if (perform(thread, receive).result != outcome::ok) {
        return;
      }
      perturb.between();
    }
    let_senders_run();
  }
}

// One operation, recorded. `pending` if it threw: then the thread's script is over.
attempt runner::perform(std::uint32_t thread, const request& asked) {
  const bool receives = is_recv(asked.kind);
  track& record = recorder_.of(thread);
  const bool timed = asked.kind == operation_kind::send_for || asked.kind == operation_kind::recv_for;
  const auto began = timed ? steady_clock::now() : steady_clock::time_point();
  attempt said = outcome::pending;
  try {
    record.begin(asked.kind, asked.sender, asked.value);
    said = channel_->call(asked);
    record.end(said.result, receives ? said.value.value_or(0) : asked.value);
  } catch (const payload_threw& thrown) {
    return payload_threw_in(record, asked, thrown.value());
  } catch (const std::exception& thrown) {
    const std::scoped_lock lock(found_mutex_);
    threw_ = fmt::format("an operation {} threw: {}", to_string(asked.kind), thrown.what());
    return outcome::pending;
  } catch (...) {
    const std::scoped_lock lock(found_mutex_);
    threw_ = fmt::format("an operation {} threw something that is no std::exception", to_string(asked.kind));
    return outcome::pending;
  }
  if (said.result == outcome::pending) {
    const std::scoped_lock lock(found_mutex_);
    threw_ = fmt::format("an operation {} returned no outcome", to_string(asked.kind));
    return outcome::pending;
  }
  if (said.result == outcome::ok && receives) {
    ++received_;
  }
  if (said.result == outcome::ok && is_send(asked.kind)) {
    sent_.fetch_add(1, std::memory_order_release);
  }
  if (said.result == outcome::timeout) {
    // A thousandth is forgiven: a channel may count on another clock than this one.
    const auto waited = steady_clock::now() - began;
    if (waited + asked.patience / 1000 + std::chrono::microseconds(1) < asked.patience) {
      report(
          {rule::timeout_clean, fmt::format("{} gave up after {} ns, but its patience was {} ns", to_string(asked.kind),
                                            nanoseconds(waited).count(), nanoseconds(asked.patience).count())});
    }
  }
  if (is_send(asked.kind) && said.result != outcome::ok && said.value && *said.value != asked.value) {
    report({said.result == outcome::disconnected ? rule::send_disconnected : rule::integrity,
            fmt::format("{}({}) said {}, but the value that came back was not the one that was sent",
                        to_string(asked.kind), asked.value, to_string(said.result))});
  }
  return said;
}

// The payload threw, as it may, and the channel passed it on. Such a send has done nothing. Such a receive has done
// nothing either, if the value is still there; else it has taken it, and its caller did not get it.
attempt runner::payload_threw_in(track& record, const request& asked, std::uint64_t value) {
  if (is_recv(asked.kind) && !ledger_.is_alive(value)) {
    record.end(outcome::ok, value);
    ++received_;
    return received(value);
  }
  record.end(is_recv(asked.kind) ? outcome::empty : outcome::full, asked.value);
  record.forget();
  return outcome::ok;
}

// In the midst of whatever destroys the value that holds it; for the history it is another thread.
void runner::let_go_of(std::uint32_t held_sender) {
  perform(program_->senders + 1, {.kind = operation_kind::drop_sender, .sender = held_sender});
}

void runner::report(fault found) {
  const std::scoped_lock lock(found_mutex_);
  faults_.push_back(std::move(found));
}

void runner::wait_for_senders() noexcept {
  for (std::uint32_t left = senders_running_.load(std::memory_order_acquire); left > 0;
       left = senders_running_.load(std::memory_order_acquire)) {
    wait_for_change(senders_running_, left, 2000);
  }
}

observation runner::run(const program& next, std::uint64_t perturbation, const scheduling& how, std::uint64_t index,
                        std::uint64_t round) {
  while (threads_.size() < next.senders) {
    const auto thread = static_cast<std::uint32_t>(threads_.size());
    threads_.emplace_back([this, thread] { work(thread); });
  }
  recorder_.clear();
  ledger_.clear();
  {
    const std::scoped_lock lock(found_mutex_);
    faults_.clear();
    threw_.clear();
    being_recorded_ = {.promised = promised_, .capacity = next.capacity, .senders = next.senders, .operations = {}};
  }
  program_ = &next;
  ledger_.carry(next.carried);
  held_ = next.held();
  if (held_) {
    ledger_.call_when_destroyed(held_->value, [this, held = held_->sender] { let_go_of(held); });
  }
  perturbation_ = perturbation;
  scheduling_ = how;
  stop_polling_.store(false, std::memory_order_relaxed);
  sent_.store(0, std::memory_order_relaxed);
  received_ = 0;
  lined_up_.store(0, std::memory_order_relaxed);
  senders_running_.store(next.senders, std::memory_order_relaxed);
  running_.index.store(index, std::memory_order_relaxed);
  running_.round.store(round, std::memory_order_relaxed);

  watched_thread& myself = *watched_[max_senders];
  myself.is_this_thread();
  myself.busy.store(true, std::memory_order_release);
  for (std::uint32_t thread = 0; thread < next.senders; ++thread) {
    watched_[thread]->busy.store(true, std::memory_order_release);
  }
  ledger::use_on_this_thread(&ledger_);
  note_running_on_this_thread(&running_);
  running_.active.store(true, std::memory_order_release);

  const auto come_to_rest = [&] {
    running_.active.store(false, std::memory_order_release);
    note_running_on_this_thread(nullptr);
    ledger::use_on_this_thread(nullptr);
    myself.busy.store(false, std::memory_order_release);
  };
  const auto not_made = [&](std::string_view why) {
    come_to_rest();
    observation none;
    none.recorded = being_recorded_;
    none.threw = fmt::format("it cannot be made with capacity {}, as it declares: {}", to_string(next.capacity), why);
    return none;
  };
  observation seen;
  stage_.store(stage::being_made);
  try {
    channel_ = type_.make(next.capacity, next.senders, next.carried);
  } catch (const std::exception& thrown) {
    return not_made(thrown.what());
  } catch (...) {
    return not_made("it threw something that is no std::exception");
  }
  stage_.store(stage::in_use);
  for (std::uint32_t thread = 0; thread < next.senders; ++thread) {
    turns_[thread]->fetch_add(1, std::memory_order_release);
    turns_[thread]->notify_one();
  }
  run_receiver(next.senders);
  wait_for_senders();
  scheduling().apply(next.senders);  // this thread has more to do than to run the program

  const std::string before = lifetime_fault(false);
  ledger_.stop_calling();  // nothing may call into a channel that is being destroyed
  stage_.store(stage::being_destroyed);
  channel_.reset();
  stage_.store(stage::in_use);
  const std::string after = lifetime_fault(true);
  come_to_rest();
  runs_.fetch_add(1, std::memory_order_release);

  for (const std::string* because : {&before, &after}) {
    if (!because->empty() && seen.faults.empty()) {
      seen.faults.push_back({rule::lifetime, *because});
    }
  }
  if (const auto torn = ledger_.torn_value()) {
    seen.faults.insert(seen.faults.begin(), {rule::integrity, fmt::format("value {} was torn on its way", *torn)});
  }
  seen.tracked = ledger_.used();
  const std::scoped_lock lock(found_mutex_);
  seen.faults.insert(seen.faults.begin(), faults_.begin(), faults_.end());
  seen.threw = threw_;
  seen.overflowed = recorder_.overflowed();
  seen.recorded = being_recorded_;
  seen.recorded.operations = recorder_.operations();
  return seen;
}

// While the channel is still there: only once the receiver was dropped must every value be gone.
std::string runner::lifetime_fault(bool channel_is_gone) const {
  const auto drops_receiver = [](const std::vector<request>& script) {
    return std::any_of(script.begin(), script.end(),
                       [](const request& asked) { return asked.kind == operation_kind::drop_receiver; });
  };
  if (!channel_is_gone && !drops_receiver(program_->receiving) && !drops_receiver(program_->after)) {
    return {};
  }
  return ledger_.fault(channel_is_gone);
}

std::optional<std::uint64_t> runner::running() const noexcept {
  return running_.active.load(std::memory_order_acquire) ? std::optional(running_.index.load(std::memory_order_relaxed))
                                                         : std::nullopt;
}

std::uint64_t runner::heartbeat() const noexcept {
  return runs_.load(std::memory_order_acquire) * (2 * black_box::most_operations_of_a_thread * (max_senders + 1)) +
         recorder_.progress();
}

std::string_view runner::under_way() const noexcept {
  switch (stage_.load()) {
    case stage::being_made:
      return "construction";
    case stage::being_destroyed:
      return "destruction";
    case stage::in_use:
      break;
  }
  return "";
}

observation runner::abandoned() const {
  observation seen;
  const std::scoped_lock lock(found_mutex_);
  seen.faults = faults_;
  seen.threw = threw_;
  seen.overflowed = recorder_.overflowed();
  seen.recorded = being_recorded_;
  seen.recorded.quiescent = true;
  seen.recorded.operations = recorder_.operations();
  return seen;
}

void runner::watch_turns() {
  for (const auto& one : watched_) {
    one->used_before = one->busy.load(std::memory_order_acquire) ? one->used() : nanoseconds(0);
  }
}

bool runner::had_their_turn(std::chrono::nanoseconds enough) const {
  return std::all_of(watched_.begin(), watched_.end(), [&](const auto& one) {
    return !one->busy.load(std::memory_order_acquire) || one->asleep() || one->used() - one->used_before >= enough;
  });
}

void runner::watched_thread::is_this_thread() noexcept {
  const int myself = gettid();
  if (id.load(std::memory_order_relaxed) != myself) {
    clockid_t clock{};
    pthread_getcpuclockid(pthread_self(), &clock);
    processor_clock.store(clock, std::memory_order_relaxed);
    id.store(myself, std::memory_order_release);
  }
}

bool runner::watched_thread::asleep() const {
  // /proc/self/task/<id>/stat: "<id> (<name>) <state> …"; S is a sleep that a signal or a wake-up would end.
  std::ifstream stat(fmt::format("/proc/self/task/{}/stat", id.load(std::memory_order_acquire)));
  stat.ignore(std::numeric_limits<std::streamsize>::max(), ')');
  char state = '?';
  stat >> state;
  return state == 'S';
}

nanoseconds runner::watched_thread::used() const noexcept {
  timespec time{};
  clock_gettime(processor_clock.load(std::memory_order_relaxed), &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace plumbline::oracle

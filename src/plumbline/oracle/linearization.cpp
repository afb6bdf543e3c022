#include "plumbline/oracle/linearization.hpp"

#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "plumbline/oracle/examine.hpp"
#include "plumbline/oracle/tail.hpp"

namespace plumbline::oracle {
namespace {

constexpr std::size_t none = effect::none;

// What happens at a time stamp, in this order. Whatever happens at an end has happened before everything that begins
// later, and no later than everything that has the same stamp.
enum class step : std::uint8_t {
  make_sender_or_want_room,  // a clone; a send that will find no room, as soon as there is none
  find_nothing,              // after all that was received before, and before all that is received later
  enter,                     // a value, into the channel
  find_nothing_published,    // head-of-line, weak: what enters at the same stamp may be what excuses it
  use_receiver,              // at the end of a receive, or the drop of the receiver
  leave_sender,              // at the end of a drop, or of a send that was refused; a send must have found no room
};

struct point {
  std::uint64_t stamp;
  step what;
  std::size_t rank;  // among those
  std::size_t operation;

  auto operator<=>(const point&) const = default;
};

class schedule {
 public:
  explicit schedule(const history& h)
      : h_(h),
        room_(h.promised.capacity == bound::unbounded ? std::nullopt : h.capacity),
        rendezvous_(h.promised.capacity == bound::exact && h.capacity == 0),
        tells_senders_(tells_senders(h.promised.disconnect)),
        head_of_line_(h.promised.empty == emptiness::head_of_line && h.promised.order != order::unordered),
        places_(h.promised.order == order::linearizable && room_ && *room_ > 0),
        exact_(places_ && h.promised.capacity == bound::exact),
        receive_of_(h.operations.size(), none),
        done_(h.operations.size(), false) {}

  std::optional<linearization> make() {
    sort_out();
    if (rendezvous_) {
      plan_pairs();
      return play();
    }
    plan_received();
    if (!places_) {
      plan_left_over();
      return play();
    }
    const std::vector<point> planned = points_;
    if (!head_of_line_ || nothing_ == none || received_at_nothing_ < receives_.size()) {
      return plan_tail(floor_of(0), none) ? play() : std::nullopt;
    }
    // Nothing was inside when the last `empty` was said, or the head was a send that had not ended.
    if (plan_tail(std::max(floor_of(0), at(nothing_).begin), none)) {
      if (auto found = play()) {
        return found;
      }
    }
    for (const std::size_t head : left_) {
      points_ = planned;
      if (at(head).end >= at(nothing_).begin && plan_tail(floor_of(0), head)) {
        if (auto found = play()) {
          return found;
        }
      }
    }
    return std::nullopt;
  }

 private:
  const operation& at(std::size_t i) const { return h_.operations[i]; }
  bool is_pending(std::size_t i) const { return at(i).result == outcome::pending; }
  void add(std::uint64_t stamp, step what, std::size_t rank, std::size_t operation) {
    points_.push_back({stamp, what, rank, operation});
  }
  // Of which values it is said that they arrive in order: all, or those of one sender; or each for itself.
  std::uint64_t lane_of(std::size_t send) const {
    return h_.promised.order == order::linearizable ? 0
           : h_.promised.order == order::per_sender ? at(send).handle
                                                    : send;
  }
  std::uint64_t floor_of(std::uint64_t lane) const {
    const auto found = latest_begin_.find(lane);
    const std::uint64_t nothing = nothing_ == none || head_of_line_ ? 0 : at(nothing_).begin;
    return std::max(nothing, found == latest_begin_.end() ? 0 : found->second);
  }

  void note_sends() {
    for (std::size_t i = 0; i < h_.operations.size(); ++i) {
      const operation& o = at(i);
      if (is_send(o.kind)) {
        begun_.emplace_back(o.begin, std::max(o.end, begun_.empty() ? 0 : begun_.back().second));
        if (o.result == outcome::ok || is_pending(i)) {
          send_of_.emplace(o.value, i);
        }
      }
    }
  }

  bool overlaps_a_send(const operation& o) const {
    const auto later = std::ranges::upper_bound(begun_, o.end, {}, &std::pair<std::uint64_t, std::uint64_t>::first);
    return later != begun_.begin() && std::prev(later)->second >= o.begin;
  }

  // Matches receives with sends, and plans what is neither.
  void sort_out() {
    note_sends();
    std::uint64_t receiver_gone = operation::never;
    std::size_t receiver_drop = none;
    for (std::size_t i = 0; i < h_.operations.size(); ++i) {
      const operation& o = at(i);
      if (is_send(o.kind) && o.result == outcome::disconnected) {
        receiver_gone = std::min(receiver_gone, o.end);
        add(o.end, step::leave_sender, i, i);
      } else if (is_send(o.kind) && o.result != outcome::ok && !is_pending(i)) {
        add(o.begin, step::make_sender_or_want_room, i, i);
        add(o.end, step::leave_sender, i, i);
      } else if (is_recv(o.kind) && o.result == outcome::ok) {
        receive_of_[send_of_.at(o.value)] = receives_.size();
        sends_.push_back(send_of_.at(o.value));
        receives_.push_back(i);
      } else if (is_recv(o.kind) && !is_pending(i)) {
        plan_nothing(i, h_.promised.empty == emptiness::weak && overlaps_a_send(o));
      } else if (is_recv(o.kind)) {
        waiting_ = h_.quiescent ? none : i;
      } else if (o.kind == operation_kind::clone && !is_pending(i)) {
        add(o.begin, step::make_sender_or_want_room, i, i);
      } else if (o.kind == operation_kind::drop_sender) {
        drops_.push_back(i);
        if (!is_pending(i)) {
          add(o.end, step::leave_sender, i, i);
        }
      } else if (o.kind == operation_kind::drop_receiver) {
        receiver_drop = i;
        receiver_gone = std::min(receiver_gone, o.end);
      }
    }
    gone_ = tells_senders_ ? receiver_gone : operation::never;
    if (receiver_drop != none && receiver_gone != operation::never) {
      add(receiver_gone, step::use_receiver, receiver_drop, receiver_drop);
    }
    for (const auto& [value, send] : send_of_) {
      if (receive_of_[send] == none && !(h_.quiescent && is_pending(send))) {
        left_.push_back(send);
      }
    }
    std::ranges::sort(left_);
  }

  void plan_nothing(std::size_t i, bool licensed) {
    if (at(i).result == outcome::disconnected) {
      add(at(i).end, step::use_receiver, i, i);
    } else if (rendezvous_) {
      add(at(i).begin, step::enter, i, i);
    } else {
      add(at(i).begin, head_of_line_ || licensed ? step::find_nothing_published : step::find_nothing, i, i);
      found_nothing_.push_back(i);
      if (!licensed) {
        nothings_.emplace_back(receives_.size(), i);
      }
    }
  }

  void plan_pairs() {
    for (std::size_t k = 0; k < receives_.size(); ++k) {
      add(std::max(at(sends_[k]).begin, at(receives_[k]).begin), step::enter, receives_[k], sends_[k]);
    }
    for (const std::size_t send : left_) {
      if (!is_pending(send)) {
        receive_of_[send] = receives_.size();
        receives_.push_back(waiting_);
        add(std::max(at(send).begin, at(waiting_).begin), step::enter, waiting_, send);
      }
    }
  }

  // Each value enters as early as it can, and leaves at the end of its receive, or earlier if its place is needed.
  void plan_received() {
    auto next_nothing = nothings_.begin();
    for (std::size_t k = 0; k < receives_.size(); ++k) {
      for (; next_nothing != nothings_.end() && next_nothing->first <= k; ++next_nothing) {
        nothing_ = next_nothing->second;
      }
      std::uint64_t& latest = latest_begin_[lane_of(sends_[k])];
      std::uint64_t instant = std::max(floor_of(lane_of(sends_[k])), at(sends_[k]).begin);
      if (exact_ && k >= *room_) {
        instant = std::max(instant, at(receives_[k - *room_]).begin);
      }
      latest = std::max(latest, at(sends_[k]).begin);
      last_of_lane_[lane_of(sends_[k])] = k + 1;
      add(instant, step::enter, k, sends_[k]);
      add(at(receives_[k]).end, step::use_receiver, receives_[k], receives_[k]);
    }
    if (!nothings_.empty()) {
      std::tie(received_at_nothing_, nothing_) = nothings_.back();
    }
  }

  // The values that nobody received, where it does not matter how many there are.
  void plan_left_over() {
    std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::size_t>> heads;
    for (const std::size_t send : left_) {
      const std::uint64_t lane = lane_of(send);
      const bool was_inside = head_of_line_ && nothing_ != none && last_of_lane_[lane] <= received_at_nothing_;
      if (was_inside && at(send).end >= at(nothing_).begin && at(send).begin <= gone_) {
        const std::pair best(std::max(at(send).begin, floor_of(lane)), send);
        const auto [head, added] = heads.emplace(lane, best);
        head->second = std::min(head->second, best);
      }
    }
    for (const std::size_t send : left_) {
      const std::uint64_t lane = lane_of(send);
      const auto head = heads.find(lane);
      if (head != heads.end() && head->second.second == send) {
        add(head->second.first, step::enter, receives_.size(), send);
      } else if (!is_pending(send)) {
        const std::uint64_t after_head = head == heads.end() ? 0 : head->second.first;
        add(std::max({at(send).begin, floor_of(lane), after_head}), step::enter, receives_.size() + 1 + send, send);
      }
    }
  }

  // When a place opens for each of the values that nobody received, as long as there are places.
  std::vector<std::uint64_t> opening_instants() const {
    std::vector<std::uint64_t> opens;
    for (std::size_t k = receives_.size(); opens.size() < left_.size(); ++k) {
      const bool is_free = !exact_ || k < *room_;
      const std::size_t taker = is_free ? none : k - *room_ < receives_.size() ? receives_[k - *room_] : waiting_;
      if (!is_free && (taker == none || k - *room_ > receives_.size())) {
        break;
      }
      opens.push_back(is_free ? 0 : at(taker).begin);
    }
    return opens;
  }

  // The values that nobody received, where there are so many places: `head` first, then by their deadlines, as early
  // as all of them allow. False if they do not find room.
  bool plan_tail(std::uint64_t base, std::size_t head) {
    std::vector<std::uint64_t> opens = opening_instants();
    std::size_t rank = receives_.size();
    if (head != none) {
      base = opens.empty() ? operation::never : std::max({base, at(head).begin, opens.front()});
      if (base > std::min(at(head).end, gone_)) {
        return false;
      }
      opens.erase(opens.begin());
      add(base, step::enter, rank++, head);
    }
    std::vector<std::size_t> jobs;
    std::vector<undelivered> sends;
    for (const std::size_t send : left_) {
      if (send != head && at(send).begin <= gone_) {
        jobs.push_back(send);
        sends.push_back({std::max(at(send).begin, base), std::min(at(send).end, gone_), !is_pending(send)});
        if (sends.back().must && sends.back().release > sends.back().deadline) {
          return false;
        }
      }
    }
    if (!all_fit(sends, opens)) {
      return false;
    }
    std::vector<std::size_t> by_release(jobs.size());
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      by_release[j] = j;
    }
    std::ranges::sort(by_release, {}, [&](std::size_t j) { return sends[j].release; });
    using hurry = std::tuple<bool, std::uint64_t, std::size_t>;
    std::priority_queue<hurry, std::vector<hurry>, std::greater<>> released;
    auto next = by_release.begin();
    for (const std::uint64_t instant : earliest_instants(sends, opens)) {
      if (instant == operation::never) {
        break;
      }
      for (; next != by_release.end() && sends[*next].release <= instant; ++next) {
        released.emplace(!sends[*next].must, sends[*next].deadline, *next);
      }
      add(instant, step::enter, rank++, jobs[std::get<2>(released.top())]);
      released.pop();
    }
    return true;
  }

  // Goes through the plan. None if a send finds room that must not.
  std::optional<linearization> play() {
    std::ranges::sort(points_);
    order_.clear();
    done_.assign(done_.size(), false);
    wanting_.clear();
    inside_ = left_channel_ = next_nothing_ = 0;
    for (const point& p : points_) {
      if (!take(p)) {
        return std::nullopt;
      }
    }
    return std::move(order_);
  }

  bool take(const point& p) {
    const operation& o = at(p.operation);
    switch (p.what) {
      case step::make_sender_or_want_room:
        if (o.kind == operation_kind::clone || !places_ || h_.promised.full == fullness::spurious || is_full()) {
          happen(p.operation);
        } else {
          wanting_.push_back(p.operation);
        }
        return true;
      case step::enter:
        enter(p.operation);
        return true;
      case step::find_nothing:
      case step::find_nothing_published:
      case step::use_receiver:
        use_receiver(p.operation);
        return true;
      case step::leave_sender:
        happen(p.operation);
        return o.kind == operation_kind::drop_sender || o.result == outcome::disconnected ||
               std::ranges::find(wanting_, p.operation) == wanting_.end();
    }
    return true;
  }

  bool is_full() const { return places_ && inside_ >= *room_; }

  void happen(std::size_t i, std::size_t with = none) {
    if (!done_[i]) {
      done_[i] = true;
      order_.push_back({i, with});
    }
  }

  void enter(std::size_t i) {
    if (done_[i]) {
      return;
    }
    if (rendezvous_) {
      is_recv(at(i).kind) ? happen(i) : happen(i, receives_[receive_of_[i]]);
      return;
    }
    if (exact_ && inside_ == *room_) {
      leave();
    }
    happen(i);
    ++inside_;
    if (is_full()) {
      for (const std::size_t wanting : std::exchange(wanting_, {})) {
        happen(wanting);
      }
    }
  }

  // The next value is received; the receive that is pending is the last to take one.
  void leave() {
    const bool ended = left_channel_ < receives_.size();
    if (ended) {
      enter(sends_[left_channel_]);
      // Stamps may be equal; the receiver's own operations have an order even so.
      for (; next_nothing_ < found_nothing_.size() && found_nothing_[next_nothing_] < receives_[left_channel_];
           ++next_nothing_) {
        happen(found_nothing_[next_nothing_]);
      }
    }
    happen(ended ? receives_[left_channel_] : waiting_);
    ++left_channel_;
    --inside_;
  }

  void use_receiver(std::size_t i) {
    while (!rendezvous_ && left_channel_ < receives_.size() && receives_[left_channel_] <= i) {
      leave();
    }
    if (at(i).result == outcome::disconnected) {
      for (const std::size_t drop : drops_) {
        if (at(drop).begin <= at(i).end) {
          happen(drop);
        }
      }
    }
    happen(i);
  }

  const history& h_;
  const oracle::capacity room_;
  const bool rendezvous_;
  const bool tells_senders_;
  const bool head_of_line_;
  const bool places_;
  const bool exact_;

  std::unordered_map<std::uint64_t, std::size_t> send_of_;      // by value
  std::vector<std::pair<std::uint64_t, std::uint64_t>> begun_;  // sends: their begins, and the latest end up to there
  std::vector<std::size_t> receives_;                           // those that returned a value
  std::vector<std::size_t> sends_;                              // of these values
  std::vector<std::size_t> receive_of_;                         // by send: which of receives_, or none
  std::vector<std::size_t> left_;                               // sends of values that nobody received
  std::vector<std::size_t> drops_;
  std::vector<std::size_t> found_nothing_;  // receives
  // Those of them that nothing excuses: how many values were received before, and which.
  std::vector<std::pair<std::size_t, std::size_t>> nothings_;
  std::size_t nothing_ = none;
  std::size_t received_at_nothing_ = 0;
  std::size_t waiting_ = none;                                     // the receive that is pending
  std::uint64_t gone_ = operation::never;                          // the receiver, at the latest
  std::unordered_map<std::uint64_t, std::uint64_t> latest_begin_;  // by lane: of the sends received so far
  std::unordered_map<std::uint64_t, std::size_t> last_of_lane_;
  std::vector<point> points_;

  linearization order_;
  std::vector<bool> done_;
  std::vector<std::size_t> wanting_;  // sends that will find no room
  std::size_t inside_ = 0;
  std::size_t left_channel_ = 0;  // values that were received
  std::size_t next_nothing_ = 0;  // of found_nothing_, that may not have happened yet
};

}  // namespace

std::optional<linearization> linearization_of(const history& h) {
  const examination result = examine(h);
  return result.found || !result.complete ? std::nullopt : schedule(h).make();
}

}  // namespace plumbline::oracle

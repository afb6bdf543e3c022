#include "plumbline/oracle/checker.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "plumbline/oracle/certificate.hpp"
#include "plumbline/oracle/examine.hpp"
#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/judge.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/plain_breach.hpp"
#include "plumbline/oracle/search.hpp"
#include "plumbline/oracle/stream.hpp"

namespace plumbline::oracle {
namespace {

// Tells a judge the operations of a history in the order that it wants: the receives wait until all that began before
// their end has been told.
class teller {
 public:
  teller(const history& h, judge& told) : operations_(h.operations), judge_(told) {}

  // Returns the operations that are pending.
  std::vector<seen> tell_all() {
    for (std::size_t i = 0; i < operations_.size() && !judge_.found(); ++i) {
      const operation& o = operations_[i];
      tell_receives_that_ended_before(o.begin);
      if (o.result == outcome::pending) {
        pending_.push_back({o, i});
      }
      switch (o.kind) {
        case operation_kind::send:
        case operation_kind::try_send:
        case operation_kind::send_for:
          judge_.send({o, i});
          break;
        case operation_kind::recv:
        case operation_kind::try_recv:
        case operation_kind::recv_for:
          receives_.push_back(i);
          break;
        case operation_kind::clone:
          judge_.clone();
          break;
        case operation_kind::drop_sender:
          judge_.drop_sender({o, i});
          break;
        case operation_kind::drop_receiver:
          judge_.drop_receiver({o, i});
          break;
      }
    }
    tell_receives_that_ended_before(operation::never);
    return std::move(pending_);
  }

 private:
  void tell_receives_that_ended_before(std::uint64_t instant) {
    for (; !receives_.empty() && operations_[receives_.front()].end < instant && !judge_.found();
         receives_.pop_front()) {
      judge_.receive({operations_[receives_.front()], receives_.front()});
    }
  }

  const std::vector<operation>& operations_;
  judge& judge_;
  ring<std::size_t> receives_;
  std::vector<seen> pending_;
};

// What is decided of a capacity without a total order of the values is decided by counting, at each instant.
examination examine_in_time(const history& h) {
  stream events(h.promised, h.capacity, h.senders, false);
  replay(h, events);
  const verdict v = events.finish(h.quiescent);
  examination result{.found = {}, .complete = v.complete};
  if (v.broken) {
    result.found = breach{*v.broken, {}};
    for (const std::size_t i : v.witness) {
      result.found->witness.push_back({h.operations[i], i});
    }
  }
  return result;
}

std::vector<std::size_t> operations_of(const breach& found) {
  std::vector<std::size_t> indices;
  for (const seen& s : found.witness) {
    indices.push_back(s.index);
  }
  return indices;
}

verdict seen_without_order(const history& h, plain_breach breach) {
  return {.what = judgement::violates,
          .broken = breach.broken,
          .because = std::move(breach.because),
          .witness = with_what_they_need(h, breach.witness)};
}

// A send that found no room is told early that no value can explain it, for the bounds of the values are right only in
// a channel that keeps its order, and loses and doubles nothing. So where something else is wrong, too, that is named.
certificate without_fulls(const history& h, certificate shown) {
  if (h.promised.full == fullness::spurious ||
      (shown.broken != rule::full_honest && shown.broken != rule::timeout_clean)) {
    return shown;
  }
  history part = sub_history(h, shown.operations);
  part.promised.full = fullness::spurious;
  const examination rest = examine(part);
  if (!rest.found) {
    return shown;
  }
  certificate else_wrong = shrink(part, operations_of(*rest.found));
  for (std::size_t& i : else_wrong.operations) {
    i = shown.operations[i];
  }
  else_wrong.operations = with_what_they_need(h, else_wrong.operations);
  return else_wrong;
}

// A channel of bounded capacity that gives values out in another order than it took them in shows it also by values
// that cannot all have been inside. That breaks CAPACITY only if they were too many in any order.
rule order_or_capacity(const history& h, const certificate& shown) {
  if (shown.broken != rule::capacity || h.promised.order != order::linearizable) {
    return shown.broken;
  }
  const history part = sub_history(h, shown.operations);
  for (const rule of_order : {rule::fifo, rule::sender_order}) {
    if (linearize(part, rule_set::all().without(of_order)) == judgement::conforms) {
      return of_order;
    }
  }
  return rule::capacity;
}

// The rule that is named, why, and the smallest part that shows it, of a history of which examine() says that it breaks
// `broken`, by the operations in `suspected`.
verdict explained(const history& h, rule broken, std::vector<std::size_t> suspected) {
  // What is seen without any order is said first: a send that was refused has no place to explain if its value arrived.
  const some_values suspected_values(h, suspected);
  if (auto breach = find_plain_breach(h, &suspected_values)) {
    return seen_without_order(h, std::move(*breach));
  }
  certificate shown{.broken = broken, .operations = {}};
  if (shown.broken != rule::integrity) {
    shown = without_fulls(h, shrink(h, suspected));
    shown.broken = order_or_capacity(h, shown);
  }
  if (shown.broken == rule::integrity) {
    // Of the values that are involved, if they show it: a look at all of them takes long.
    suspected.insert(suspected.end(), shown.operations.begin(), shown.operations.end());
    const some_values involved(h, suspected);
    auto breach_of_values = find_plain_breach(h, &involved);
    if (!breach_of_values) {
      breach_of_values = find_plain_breach(h);
    }
    if (breach_of_values) {
      return seen_without_order(h, std::move(*breach_of_values));
    }
  }
  return {.what = judgement::violates,
          .broken = shown.broken,
          .because = because(sub_history(h, shown.operations), shown.broken),
          .witness = std::move(shown.operations)};
}

}  // namespace

examination examine(const history& h) {
  if (h.promised.order != order::linearizable && h.promised.capacity != bound::unbounded &&
      h.capacity.value_or(0) > 0) {
    return examine_in_time(h);
  }
  judge j(h.promised, h.capacity, h.senders);
  const std::vector<seen> pending = teller(h, j).tell_all();
  if (!j.found()) {
    j.finish(pending, h.quiescent);
  }
  return {j.found(), j.is_complete()};
}

verdict check(const history& h) {
  const examination result = examine(h);
  if (!result.found) {
    return {.what = judgement::conforms, .broken = {}, .because = {}, .witness = {}, .complete = result.complete};
  }
  const rule broken = result.found->broken;
  const std::vector<std::size_t> suspected = operations_of(*result.found);
  // In a long history nearly all has nothing to do with the breach, and is not looked at again.
  if (const auto near = neighbourhood(h, suspected)) {
    const history part = sub_history(h, *near);
    if (examine(part).found) {
      std::vector<std::size_t> suspected_there;
      for (const std::size_t i : suspected) {
        suspected_there.push_back(static_cast<std::size_t>(std::ranges::lower_bound(*near, i) - near->begin()));
      }
      verdict said = explained(part, broken, std::move(suspected_there));
      for (std::size_t& i : said.witness) {
        i = (*near)[i];
      }
      return said;
    }
  }
  return explained(h, broken, suspected);
}

}  // namespace plumbline::oracle

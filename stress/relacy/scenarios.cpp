#include "scenarios.hpp"

#include <algorithm>

namespace plumbline::stress {

std::span<const search> quick_searches() {
  static const std::vector<search> quick = {{search::kind::bound, 0},
                                            {search::kind::bound, 1},
                                            {search::kind::bound, 2},
                                            {search::kind::bound, 3},
                                            {search::kind::random, 20'000}};
  return quick;
}

std::span<const scenario> scenarios() {
  constexpr auto unbounded = std::nullopt;
  constexpr search bound_4{search::kind::bound, 4};
  constexpr search bound_5{search::kind::bound, 5};
  constexpr search full{search::kind::full, 0};
  constexpr search random{search::kind::random, 200'000};
  static const std::vector<scenario> all = {
      {"send-recv", unbounded, "recv", {"send"}, "one value, one receive that may have to wait", {full}},
      {"two-in-order", unbounded, "recv recv", {"send send"}, "two values of one sender stay in order", {full}},
      {"blocked-sender", 1, "recv recv", {"send send"}, "a sender waits for room, and is told of it", {full}},
      {"two-senders-one-slot", 1, "recv recv", {"send", "send"}, "two senders want the one place", {full}},
      {"two-senders-two-places",
       2,
       "recv recv recv recv",
       {"send send", "send send"},
       "two senders wait for room; a receive wakes one, and that one wakes the other",
       {random}},
      {"last-drop", unbounded, "recv", {"drop", "drop"}, "the last of two drops wakes the receiver", {full}},
      {"buffered-survive",
       unbounded,
       "recv_all",
       {"send drop", "send drop"},
       "what was sent before the disconnect is received, then `disconnected`",
       {bound_4, random}},
      {"receiver-drop-full",
       1,
       "drop",
       {"send send", "send"},
       "the receiver's drop wakes every sender that waits for room",
       {full}},
      {"receiver-drop-buffered",
       2,
       "recv drop",
       {"send send"},
       "what is buffered when the receiver goes is destroyed then",
       {full}},
      {"clone-while-waiting",
       unbounded,
       "recv recv",
       {"clone send drop drop"},
       "a clone made while the receiver waits counts",
       {full}},
      {"concurrent-clones",
       unbounded,
       "recv",
       {"clone drop drop", "clone drop drop"},
       "two threads clone and drop at the same time",
       {bound_4, bound_5, random}},
      {"polling",
       unbounded,
       "try_recv try_recv recv",
       {"send drop"},
       "`empty` and `disconnected` are told apart",
       {full}},
      {"size", 1, "size try_recv", {"try_send try_send"}, "an observer beside a sender that finds it full", {full}},
      {"timed-recv",
       unbounded,
       "recv_for recv_for",
       {"send"},
       "a receive gives up, or takes what came in time",
       {full}},
      {"patient-recv",
       unbounded,
       "recv_for_ever",
       {"send"},
       "a patience beyond the clock's range waits for ever",
       {full}},
      {"iteration", unbounded, "iterate", {"send send drop"}, "a loop takes every value, and keeps none", {full}},
      {"timed-send",
       1,
       "recv_all",
       {"send send_for drop"},
       "a send gives up, or finds room in time",
       {bound_4, bound_5, random}},
      {"rendezvous",
       0,
       "recv recv",
       {"send", "send"},
       "two senders meet one receiver, one after the other",
       {bound_4, bound_5, random}},
      {"rendezvous-receiver-drop",
       0,
       "recv drop",
       {"send", "send"},
       "the receiver takes one offer and goes; the other sender keeps its value",
       {bound_4, bound_5, random}},
      {"rendezvous-timed", 0, "recv_for try_recv", {"send_for"}, "an offer is taken or withdrawn, never both", {full}},
      {"rendezvous-size", 0, "size try_recv", {"send_for"}, "an offer is not buffered, and size() says so", {full}},
      {"rendezvous-try-send",
       0,
       "recv_for",
       {"try_send", "try_send"},
       "a receiver that waits is room for one value, not for two",
       {bound_4, random}},
  };
  return all;
}

const scenario* find_scenario(std::string_view name) {
  const auto found = std::ranges::find(scenarios(), name, &scenario::name);
  return found == scenarios().end() ? nullptr : &*found;
}

}  // namespace plumbline::stress

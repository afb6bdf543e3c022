// The client programs for the hosts of the zoo: the ring has two places, the others as many as are needed.

#include "scenarios.hpp"

#include <algorithm>

#include "explored.hpp"

namespace plumbline::stress {
namespace {

bool has(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

// Whether this host has all that the program asks for.
bool fits(const scenario& program) {
  const auto any_has = [&program](std::string_view word) {
    return has(program.receiver, word) ||
           std::ranges::any_of(program.senders, [word](std::string_view words) { return has(words, word); });
  };
  return (explored::has_size || !any_has("size")) && (explored::is_ring || !any_has("send_throwing")) &&
         (explored::tells_senders<int> || !has(program.receiver, "drop")) &&
         (explored::drains_past_exceptions<int> || !any_has("send_exploding")) &&
         (!explored::waits_for_moves<int> || !any_has("send_stalling"));
}

}  // namespace

std::span<const search> quick_searches() {
  static const std::vector<search> quick = {
      {search::kind::bound, 0}, {search::kind::bound, 1}, {search::kind::bound, 2}, {search::kind::random, 20'000}};
  return quick;
}

std::span<const scenario> scenarios() {
  static const auto places = explored::is_ring ? std::optional<std::size_t>(2) : std::nullopt;
  constexpr search bound_2{search::kind::bound, 2};
  static const std::vector<scenario> every = {
      {"send-recv", places, "recv", {"send"}, "one value, one receive that may have to wait", {bound_2}},
      {"tail-at-close",
       places,
       "recv recv",
       {"send drop"},
       "what the last sender sent before it went is received",
       {bound_2}},
      {"gap",
       places,
       "try_recv try_recv",
       {"send", "send"},
       "a value whose send has ended is not hidden by another",
       {bound_2}},
      {"laps", places, "recv_all", {"send send send drop"}, "more values than a block or a lap has places", {bound_2}},
      {"both-go", places, "drop", {"drop"}, "each end goes without waiting for the other", {bound_2}},
      {"receiver-goes", places, "drop", {"send"}, "a value is sent while the receiver goes", {bound_2}},
      {"receiver-goes-first-block",
       places,
       "drop",
       {"send", "send"},
       "the receiver goes while two senders make the first block",
       {bound_2}},
      {"last-drop", places, "recv", {"drop", "drop"}, "the last of two drops wakes the receiver", {bound_2}},
      {"timed-recv",
       places,
       "recv_for recv_for",
       {"send"},
       "a receive gives up, or takes what came in time",
       {bound_2}},
      {"sizes", places, "recv", {"send size send size drop"}, "sizes at each border between two blocks", {bound_2}},
      {"observer",
       places,
       "recv recv recv",
       {"send send send", "size"},
       "an observer beside sends and receives",
       {bound_2}},
      {"throwing", places, "recv", {"send_throwing send"}, "a value whose move throws leaves no hole", {bound_2}},
      {"stalled-sender",
       places,
       "recv",
       {"send_stalling", "send"},
       "a receive does not wait for a sender that still moves its value",
       {bound_2}},
      {"exploding",
       places,
       "drop",
       {"send_exploding send"},
       "a destructor that throws does not end the draining",
       {bound_2}},
      {"blocked-senders",
       places,
       "recv recv recv recv",
       {"send send", "send send"},
       "two senders wait for room, and both are told of it",
       {bound_2}},
  };
  static const std::vector<scenario> mine = [] {
    std::vector<scenario> chosen;
    std::ranges::copy_if(every, std::back_inserter(chosen), fits);
    return chosen;
  }();
  return mine;
}

const scenario* find_scenario(std::string_view name) {
  const auto found = std::ranges::find(scenarios(), name, &scenario::name);
  return found == scenarios().end() ? nullptr : &*found;
}

}  // namespace plumbline::stress

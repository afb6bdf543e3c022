#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/history.hpp"

// What the sentences and chains of because() and chain_of() are made of: the history is small, and a reason is looked
// for as plainly as can be. A reason is empty if that is not what is wrong.
namespace plumbline::oracle::reasons {

using operations = std::vector<operation>;

inline bool ended_before(const operation& a, const operation& b) { return a.end < b.begin; }
inline bool overlap(const operation& a, const operation& b) { return !ended_before(a, b) && !ended_before(b, a); }
inline bool received(const operation& o) { return is_recv(o.kind) && o.result == outcome::ok; }
inline bool sent(const operation& o) { return is_send(o.kind) && o.result == outcome::ok; }
inline bool blocked(const operation& o) { return o.result == outcome::pending; }
inline bool found_nothing(const operation& o) {
  return is_recv(o.kind) && (o.result == outcome::empty || o.result == outcome::timeout);
}
inline bool found_no_room(const operation& o) {
  return is_send(o.kind) && (o.result == outcome::full || o.result == outcome::timeout);
}
inline bool waits(const operation& o) {
  return o.kind == operation_kind::send || o.kind == operation_kind::send_for || o.kind == operation_kind::recv ||
         o.kind == operation_kind::recv_for;
}

// The first operation of which that is true; null if there is none.
template <class Predicate>
const operation* first(const operations& all, Predicate predicate) {
  const auto found = std::ranges::find_if(all, predicate);
  return found == all.end() ? nullptr : &*found;
}

const operation* receive_of(const operations& all, std::uint64_t value);
// When a value that was sent, or received, was in at the latest; and when it can have left at the earliest.
std::uint64_t in_by(const operations& all, const operation& send);
std::uint64_t out_from(const operations& all, const operation& send);

// "try_recv reported empty"; of an operation that succeeded "send(1) succeeded".
std::string report(const operation&);
std::string result(const operation&);
// "the one place", "all 2 places".
std::string all_places(std::size_t capacity);
// "one sender was still there", "2 senders were still there".
std::string still_there(std::uint32_t senders);
// "1", "1 and 2", "1, 2 and 3".
std::string list(const std::vector<std::uint64_t>& values);

// What has not happened: in a record that goes on it may still.
struct words {
  explicit words(extent of)
      : so_far(of == extent::so_far),
        never(of == extent::whole ? "never" : "not yet"),
        was_never(of == extent::whole ? "was never" : "has not yet been"),
        nobody_received(of == extent::whole ? "nobody received" : "nobody has received") {}

  bool so_far;
  const char* never;
  const char* was_never;
  const char* nobody_received;
};

// Of the values: their order, what was lost, what was said not to be there.
std::string because_order(const operations&, bool of_one_sender, const words&);
std::string because_not_empty(const history&, outcome said, const words&);
std::string because_lost(const operations&, const words&);
// Of the places.
std::string because_not_full(const history&, const words&);
std::string because_capacity(const history&, const words&);
std::string because_no_room(const history&, const words&);
std::vector<std::string> steps_to_no_room(const history&, const words&);
std::string because_rendezvous(const operations&, const words&);
// Of the two ends.
std::string because_recv_disconnected(const history&, const words&);
std::string because_send_disconnected(const history&, const words&);
std::string because_asleep(const history&, bool receiver, const words&);

}  // namespace plumbline::oracle::reasons

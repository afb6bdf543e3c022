#include "plumbline/oracle/listed.hpp"

#include <string_view>
#include <unordered_map>

namespace plumbline::oracle::operation_list {
namespace {

// The operations that do not overlap, of a thread or of the receiver, while they are gone through.
struct one_at_a_time {
  std::uint64_t free = 0;
  std::size_t line = 0;  // of the operation that ends then

  void take(const listed& one, std::string_view why) {
    if (one.what.begin < free) {
      refuse(one.line, "this {} begins while the operation on line {} is open: {}", to_string(one.what.kind), line,
             why);
    }
    free = one.what.end;
    line = one.line;
  }
};

}  // namespace

history history_of(const std::vector<listed>& all, std::uint32_t senders) {
  history made{.promised = {}, .capacity = {}, .senders = senders, .quiescent = false, .operations = {}};
  made.operations.reserve(all.size());
  std::unordered_map<std::uint32_t, one_at_a_time> threads;
  one_at_a_time receiver;
  std::unordered_map<std::uint64_t, std::size_t> sent;  // value -> line
  for (const listed& one : all) {
    if (is_receiver_operation(one.what.kind)) {
      receiver.take(one, "there is one receiver, used by one at a time");
    } else if (const auto [first, is_first] = sent.emplace(one.what.value, one.line); !is_first) {
      refuse(std::max(first->second, one.line),
             "the value {} is sent a second time, after line {}: values have to differ", one.what.value,
             std::min(first->second, one.line));
    }
    threads[one.what.thread].take(one, "the operations of a thread follow one another");
    made.operations.push_back(one.what);
  }
  return made;
}

std::string name_of(std::size_t index, const operation& o) {
  return fmt::format("operation {}, a {},", index, to_string(o.kind));
}

std::optional<std::string> not_for_a_list(const history& h) {
  if (h.capacity && h.promised.capacity != bound::unbounded) {
    return fmt::format("its capacity is {}, and such a list is of an unbounded channel", *h.capacity);
  }
  if (h.promised.order != order::linearizable || h.promised.empty != emptiness::honest) {
    return fmt::format("its contract is {}, and such a list promises order=linearizable empty=honest",
                       to_string(h.promised));
  }
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& o = h.operations[i];
    if (!is_send(o.kind) && !is_recv(o.kind)) {
      return name_of(i, o) + " is neither a send nor a receive";
    }
    if (o.result == outcome::pending) {
      return name_of(i, o) + " has not ended";
    }
    if (o.result != outcome::ok && o.result != outcome::empty) {
      return fmt::format("{} ended with `{}`, and such a list knows ok and empty", name_of(i, o), to_string(o.result));
    }
    if (o.end > latest_stamp) {
      return fmt::format("{} ends at {}, and the latest time of such a list is {}", name_of(i, o), o.end, latest_stamp);
    }
  }
  return std::nullopt;
}

}  // namespace plumbline::oracle::operation_list

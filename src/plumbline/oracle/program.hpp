#pragma once
// Small client programs: a few threads with a few operations each, drawn from a seed. Most bugs of channels need no
// more than two or three threads and a handful of operations; what they need is many tries.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"
#include "plumbline/oracle/payload.hpp"

namespace plumbline::oracle {

// Random numbers that are the same on every machine (splitmix64; the distributions of <random> are not). Numbers
// drawn from the same seeds are the same; different seeds give unrelated ones.
class random_source {
 public:
  explicit random_source(std::uint64_t seed, std::uint64_t stream = 0) noexcept;

  std::uint64_t next() noexcept;
  // One of 0 … bound-1; bound is not 0.
  std::uint32_t below(std::uint32_t bound) noexcept;
  bool one_in(std::uint32_t chances) noexcept { return below(chances) == 0; }
  template <class T>
  const T& one_of(std::span<const T> choices) noexcept {
    return choices[below(static_cast<std::uint32_t>(choices.size()))];
  }

 private:
  std::uint64_t state_;
};

// How the receiver ends, after its script.
enum class ending : std::uint8_t {
  leave,               // it does nothing more (its script has ended with drop_receiver, or has received all there is)
  until_disconnected,  // it receives until it hears `disconnected`
  until_empty,         // it polls until every sender thread is done, and from then on until it hears `empty`, `timeout`
  until_all_received,  // it receives as many values as were sent, as soon as a send has said so: a receive waits in
                       // vain only if the channel has lost a value
};

struct program {
  oracle::capacity capacity;
  payload carried = payload::plain;
  std::uint32_t senders = 1;                  // sender s is used by thread s; clones by the thread that cloned
  std::vector<std::vector<request>> scripts;  // of the sender threads
  std::vector<request> receiving;             // of the receiver thread
  ending end = ending::leave;
  operation_kind drain = operation_kind::recv;  // what the receiver drains with; its patience is `drain_patience`
  std::chrono::nanoseconds drain_patience{0};
  std::vector<request> after;  // of the receiver thread, once it has drained

  // The sends of a burst send value, value + burst_step, …: no two sends of a program send the same.
  static constexpr std::uint64_t burst_step = 8;

  std::uint32_t longest_burst() const;  // in values; at least 1
  bool has_bursts() const { return longest_burst() > 1; }
  void shorten_bursts(std::uint32_t most);

  // With a payload that is reentrant: the first value that is sent holds a clone of its sender, made for it right
  // before, and drops it when it is destroyed.
  struct held_sender {
    std::uint64_t value;   // that holds it
    std::uint32_t sender;  // the clone's number, after all others
  };
  std::optional<held_sender> held() const;

  // How many operations a run records at most, by thread: the sender threads', then the receiver's.
  std::size_t most_operations() const;
};

// What programs may be made of.
struct program_shape {
  operation_set operations;
  disconnection disconnect = disconnection::both;
  std::vector<oracle::capacity> capacities;   // not empty
  std::optional<std::uint32_t> senders = {};  // just so many, if set; else 1 to 4
  payload_set payloads = {};                  // one of them; none: plain
  std::vector<oracle::capacity> large = {};   // of the programs with bursts; none: there are none
  bool bursts_of_one_sender = false;          // such programs have one sender only
};

// The shape for a channel: the operations that it has, the small ones among its capacities (unbounded, 0, 1, 2, 3; else
// the smallest), and for bursts the large ones (unbounded, 64; else the one that is closest to that).
program_shape shape_for(const channel_type&);

// Program number `index` of `seed`. It is the same for the same arguments, everywhere. What its requests are does not
// depend on the payloads, and those of a program without bursts do not on the large capacities.
//
// One in a hundred has bursts: it sends more values than a channel with a bound then holds (up to 1024), and more than
// 64 anyway. So it is full, a ring goes round, and a list of blocks comes to the end of one: the others are too short
// for that.
//
// It ends on every correct channel. Where a receive may block for ever it is not used: with disconnection, every sender
// is dropped in the end, so a receive hears of it; without, a receive blocks only for a value that a blocking send will
// bring, or that was sent already. Where a send may block for ever there is a receiver that goes on until all senders
// are done, or is dropped.
program generate(const program_shape&, std::uint64_t seed, std::uint64_t index);

// For people and tests: one line a thread.
std::string to_string(const program&);

}  // namespace plumbline::oracle

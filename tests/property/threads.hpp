#pragma once
// Generated programs for one channel and several threads, and what was seen of each run: every operation is stamped
// from one counter before it begins and after it ends.

#include <rapidcheck.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <limits>
#include <ostream>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "outcomes.hpp"
#include "payloads.hpp"
#include "plumbline/channel.hpp"
#include "property.hpp"

namespace plumbline::test {

enum class way : std::uint8_t { block, poll, wait_shortly, arrive_late };  // late: the deadline has just passed
constexpr std::chrono::microseconds shortly{20};

struct step {
  way how;
  std::uint8_t pauses;  // before the operation: how often the thread yields
};

struct program {
  static constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();

  capacity places;
  std::vector<std::vector<step>> senders;  // each sends its values 0, 1, …, one a step
  std::vector<step> receiver;              // how it receives, over and over
  std::uint32_t leaves_after = never;      // the receiver goes when it has received so many values

  // Programs whose receiver stays to the end, or goes early.
  static rc::Gen<program> staying() { return any(rc::gen::just(never)); }
  static rc::Gen<program> leaving() { return any(rc::gen::inRange<std::uint32_t>(0, 60)); }

 private:
  static rc::Gen<program> any(rc::Gen<std::uint32_t> leaves_after) {
    const auto steps = rc::gen::container<std::vector<step>>(
        rc::gen::construct<step>(rc::gen::element(way::block, way::poll, way::wait_shortly, way::arrive_late),
                                 rc::gen::weightedElement<std::uint8_t>({{6, 0}, {2, 1}, {1, 3}})));
    const auto senders = rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 5), [steps](std::size_t count) {
      return rc::gen::container<std::vector<std::vector<step>>>(count, steps);
    });
    return rc::gen::construct<program>(rc::gen::element<capacity>(capacity(), 0, 1, 2, 5), senders, steps,
                                       std::move(leaves_after));
  }
};

inline void showValue(const step& one, std::ostream& out) {
  constexpr const char* names[] = {"block", "poll", "wait shortly", "arrive late"};
  out << names[static_cast<std::size_t>(one.how)] << " after " << int{one.pauses} << " yields";
}

inline void showValue(const program& one, std::ostream& out) {
  out << describe(one.places) << ", senders ";
  rc::show(one.senders, out);
  out << ", receiver ";
  rc::show(one.receiver, out);
  if (one.leaves_after != program::never) {
    out << ", which leaves after " << one.leaves_after << " values";
  }
}

using stamp = std::uint64_t;

enum class ending : std::uint8_t { ok, gave_up, disconnected };  // gave_up: full, empty or timeout

// One send or receive. `id` names the value: sent, or received if it is ok.
struct seen {
  way how;
  ending result;
  int id = -1;
  stamp begin = 0;
  stamp end = 0;
  bool came_back = false;  // a send that failed: the error carried the value that was given to it
};

struct observations {
  std::vector<seen> sends;     // those of one sender are in order
  std::vector<seen> receives;  // in order
  stamp last_sender_began_to_go = 0;
  stamp receiver_began_to_go = std::numeric_limits<stamp>::max();
  stamp receiver_was_gone = std::numeric_limits<stamp>::max();
  std::size_t largest_size = 0;  // that size() ever said
  // Values that were not destroyed: when all threads had ended and the receiver was gone, but one sender still there
  // (if the receiver left early; else 0), and at the very end.
  std::size_t left_over = 0;
  std::size_t never_destroyed = 0;
};

constexpr int ids_of_one_sender = 1'000;
inline int sender_of(const seen& one) { return one.id / ids_of_one_sender; }

namespace details {

using payload = tracked<std::atomic<std::size_t>>;

template <class Outcome>
ending ending_of(const Outcome& outcome) {
  return outcome ? ending::ok : is_disconnected(outcome) ? ending::disconnected : ending::gave_up;
}

class run {
 public:
  explicit run(const program& what) : what_(what) {}

  observations observe() {
    observations all;
    std::vector<observations> by_thread(what_.senders.size());
    std::latch start(static_cast<std::ptrdiff_t>(what_.senders.size()));
    {
      auto [tx, rx] = make<payload>(what_.places);
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < what_.senders.size(); ++i) {
        threads.emplace_back([this, i, &start, &mine = by_thread[i], out = tx.clone()]() mutable {
          start.arrive_and_wait();
          send_all(i, std::move(out), mine);
        });
      }
      if (what_.leaves_after == program::never) {
        tx.drop();
        receive_all(rx, all);
      } else {
        receive_all(rx, all);
        threads.clear();
        all.left_over = life_.values;
      }
    }
    all.never_destroyed = life_.objects;
    for (observations& one : by_thread) {
      all.sends.insert(all.sends.end(), one.sends.begin(), one.sends.end());
      all.last_sender_began_to_go = std::max(all.last_sender_began_to_go, one.last_sender_began_to_go);
      all.largest_size = std::max(all.largest_size, one.largest_size);
    }
    return all;
  }

 private:
  stamp now() { return clock_.fetch_add(1) + 1; }

  static void pause(const step& before) {
    for (int i = 0; i < before.pauses; ++i) {
      std::this_thread::yield();
    }
  }

  void send_all(std::size_t number, sender<payload> out, observations& mine) {
    const auto& steps = what_.senders[number];
    for (std::size_t i = 0; i < steps.size(); ++i) {
      pause(steps[i]);
      seen one{.how = steps[i].how,
               .result = ending::ok,
               .id = static_cast<int>(number) * ids_of_one_sender + static_cast<int>(i)};
      payload value(life_, one.id);
      const auto finish = [this, &one](const auto& outcome) {
        one.end = now();
        one.result = ending_of(outcome);
        one.came_back = !outcome && outcome.error().value.id() == one.id;
      };
      one.begin = now();
      switch (one.how) {
        case way::block:
          finish(out.send(std::move(value)));
          break;
        case way::poll:
          finish(out.try_send(std::move(value)));
          break;
        case way::wait_shortly:
          finish(out.send_for(std::move(value), shortly));
          break;
        case way::arrive_late:
          finish(out.send_until(std::move(value), std::chrono::steady_clock::now()));
          break;
      }
      mine.sends.push_back(one);
      mine.largest_size = std::max(mine.largest_size, out.size());
      if (i % 8 == 7) {
        out = out.clone();  // a clone is as good as the original
      }
    }
    ++finished_;
    mine.last_sender_began_to_go = now();
    out.drop();
  }

  void receive_all(receiver<payload>& in, observations& all) {
    const step always{way::block, 0};
    std::uint32_t count = 0;
    for (std::size_t i = 0; count < what_.leaves_after; ++i) {
      const step& next = what_.receiver.empty() ? always : what_.receiver[i % what_.receiver.size()];
      // When the receiver leaves early, one sender that sends nothing outlives it: nobody would wake it in the end.
      const way how = what_.leaves_after == program::never || next.how != way::block ? next.how : way::wait_shortly;
      const bool all_was_sent = finished_ == what_.senders.size();
      pause(next);
      all.largest_size = std::max(all.largest_size, in.size());
      const seen one = receive(in, how);
      all.receives.push_back(one);
      count += one.result == ending::ok;
      if (one.result == ending::disconnected) {
        for (const way again : {way::block, way::poll, way::wait_shortly}) {  // for ever
          all.receives.push_back(receive(in, again));
        }
        break;
      }
      if (one.result == ending::gave_up && all_was_sent && what_.leaves_after != program::never) {
        break;
      }
    }
    all.receiver_began_to_go = now();
    in.drop();
    all.receiver_was_gone = now();
  }

  seen receive(receiver<payload>& in, way how) {
    seen one{.how = how, .result = ending::ok};
    const auto finish = [this, &one](const auto& outcome) {
      one.end = now();
      one.result = ending_of(outcome);
      one.id = outcome ? outcome->id() : -1;
    };
    one.begin = now();
    switch (how) {
      case way::block:
        finish(in.recv());
        break;
      case way::poll:
        finish(in.try_recv());
        break;
      case way::wait_shortly:
        finish(in.recv_for(shortly));
        break;
      case way::arrive_late:
        finish(in.recv_until(std::chrono::steady_clock::now()));
        break;
    }
    return one;
  }

  const program& what_;
  std::atomic<stamp> clock_ = 0;
  std::atomic<std::size_t> finished_ = 0;  // senders that send nothing more
  life_counts<std::atomic<std::size_t>> life_;
};

}  // namespace details

// Runs the program on a new channel, on threads of its own.
inline observations observe(const program& what, tally& did) {
  observations all = details::run(what).observe();
  // Receives in vain are not counted: how many there are depends on the machine.
  const auto received = std::ranges::count(all.receives, ending::ok, &seen::result);
  did.operations += all.sends.size() + static_cast<std::uint64_t>(received);
  return all;
}

}  // namespace plumbline::test

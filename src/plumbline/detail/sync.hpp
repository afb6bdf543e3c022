#pragma once

#include <concepts>

namespace plumbline::detail {

// What the core takes from its surroundings. One source, several worlds: `std_sync` for users,
// `relacy_sync` (stress/relacy) for the model checker.
//
//   mutex               made known to `lock` and `condition_variable` only
//   lock                holds the mutex from its construction to its destruction
//   condition_variable  wait(mutex), wait_until(mutex, time_point): the caller holds the mutex; either may
//                       wake for no reason, and neither says why it woke
//   shared<V>           a V guarded by the mutex; operator() is the one way to it, so that a model checker
//                       sees each access
//   clock               now(), monotonic; a time_point's max() is never reached
template <class Sync>
concept sync_policy = requires(typename Sync::mutex& mutex, typename Sync::condition_variable& wakes,
                               typename Sync::clock::time_point when, typename Sync::template shared<int>& data) {
  typename Sync::lock;
  requires std::constructible_from<typename Sync::lock, typename Sync::mutex&>;
  wakes.wait(mutex);
  wakes.wait_until(mutex, when);
  wakes.notify_one();
  wakes.notify_all();
  { data() } -> std::same_as<int&>;
  { Sync::clock::now() } -> std::same_as<typename Sync::clock::time_point>;
};

}  // namespace plumbline::detail

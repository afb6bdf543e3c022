#pragma once
// A channel: many senders, one receiver. Its behaviour is that of Rust's std::sync::mpsc; its worth is that it is
// obviously right. The rules in capitals are those of docs/contract.md.
//
//   auto [tx, rx] = plumbline::channel<std::string>();          // unbounded: a send never blocks
//   std::jthread producer([out = std::move(tx)] {
//     (void)out.send("hello from the other side");
//   });                                                         // the last sender goes with the thread
//   for (auto&& greeting : rx) {                                // ends when every sender is gone and all is received
//     std::puts(greeting.c_str());
//   }
//
//   plumbline::bounded_channel<int>(3)   at most 3 buffered: a send waits for room, like Python's Queue(maxsize=3)
//   plumbline::bounded_channel<int>(0)   rendezvous: a send waits until a receive takes the value

#include <cstddef>
#include <memory>
#include <utility>

#include "plumbline/detail/core.hpp"
#include "plumbline/error.hpp"
#include "plumbline/receiver.hpp"
#include "plumbline/sender.hpp"

namespace plumbline {

// Both ends of a new channel, to be taken apart: auto [tx, rx] = channel<T>();
template <class T, detail::sync_policy Sync = detail::std_sync>
class endpoints {
 public:
  sender<T, Sync> tx;
  receiver<T, Sync> rx;

  explicit endpoints(std::size_t capacity) : endpoints(std::make_shared<detail::core<T, Sync>>(capacity)) {}

 private:
  explicit endpoints(std::shared_ptr<detail::core<T, Sync>> shared) : tx(shared), rx(std::move(shared)) {}
};

// A channel that buffers without bound: its sends never block. Memory is what bounds it.
template <class T, detail::sync_policy Sync = detail::std_sync>
[[nodiscard]] endpoints<T, Sync> channel() {
  return endpoints<T, Sync>(detail::core<T, Sync>::unbounded);
}

// A channel that buffers at most `capacity` values (CAPACITY). With 0 it buffers none: a send succeeds only together
// with the receive that takes its value (RENDEZVOUS). No memory is set aside for it, so any is accepted; the
// largest std::size_t is the same as no bound.
template <class T, detail::sync_policy Sync = detail::std_sync>
[[nodiscard]] endpoints<T, Sync> bounded_channel(std::size_t capacity) {
  return endpoints<T, Sync>(capacity);
}

}  // namespace plumbline

// Programs that must not compile, one a macro. Without a macro this is a program that must, so that a case cannot fail
// for a reason that has nothing to do with it.

#include <chrono>
#include <utility>

#include "plumbline/channel.hpp"

struct throws_when_moved {
  throws_when_moved() = default;
  throws_when_moved(throws_when_moved&&) noexcept(false) {}
};

struct throws_when_destroyed {
  throws_when_destroyed() = default;
  throws_when_destroyed(throws_when_destroyed&&) noexcept {}
  ~throws_when_destroyed() noexcept(false) {}
};

int main() {
  auto [tx, rx] = plumbline::channel<int>();
  const auto clone = tx.clone();
  const auto sent = clone.send(1);
  const auto received = rx.recv();

#if defined(COPIES_A_SENDER)
  const auto copy = tx;
#elif defined(COPIES_A_RECEIVER)
  const auto copy = rx;
#elif defined(ASSIGNS_A_COPY)
  auto other = tx.clone();
  other = tx;
#elif defined(MAKES_A_SENDER_FROM_NOTHING)
  const plumbline::sender<int> none;
#elif defined(IGNORES_SEND)
  tx.send(1);
#elif defined(IGNORES_TRY_SEND)
  tx.try_send(1);
#elif defined(IGNORES_SEND_FOR)
  tx.send_for(1, std::chrono::seconds(1));
#elif defined(IGNORES_RECV)
  rx.recv();
#elif defined(IGNORES_TRY_RECV)
  rx.try_recv();
#elif defined(IGNORES_RECV_FOR)
  rx.recv_for(std::chrono::seconds(1));
#elif defined(IGNORES_CLONE)
  tx.clone();
#elif defined(IGNORES_CHANNEL)
  plumbline::channel<int>();
#elif defined(RECEIVES_THROUGH_CONST)
  const auto& looking = rx;
  (void)looking.recv();
#elif defined(WAITS_ON_A_CLOCK_THAT_IS_SET)
  (void)rx.recv_until(std::chrono::system_clock::now());
#elif defined(THROWS_WHEN_MOVED)
  (void)plumbline::channel<throws_when_moved>();
#elif defined(THROWS_WHEN_DESTROYED)
  (void)plumbline::channel<throws_when_destroyed>();
#elif defined(CONST_VALUE)
  (void)plumbline::channel<const int>();
#elif defined(ARRAY_VALUE)
  (void)plumbline::channel<int[3]>();
#elif defined(REFERENCE_VALUE)
  (void)plumbline::channel<int&>();
#endif

  return sent && received ? 0 : 1;
}

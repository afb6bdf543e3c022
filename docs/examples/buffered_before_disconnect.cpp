// What was sent before the senders went is still received; only then is `disconnected` reported:
//
//     let (tx, rx) = mpsc::channel();
//     tx.send(1).unwrap();
//     tx.send(2).unwrap();
//     drop(tx);
//     assert_eq!(rx.recv(), Ok(1));
//     assert_eq!(rx.try_recv(), Ok(2));
//     assert_eq!(rx.recv(), Err(RecvError));
//     assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
//
// One thread does everything, so all of this is promised:
//
//   | recv: 1
//   | try_recv: 2
//   | recv: disconnected
//   | try_recv: disconnected

#include <cstdio>
#include <plumbline/channel.hpp>

int main() {
  auto [tx, rx] = plumbline::channel<int>();
  tx.send(1).value();
  tx.send(2).value();
  tx.drop();

  std::printf("recv: %d\n", rx.recv().value());
  std::printf("try_recv: %d\n", rx.try_recv().value());
  if (const auto nothing = rx.recv(); !nothing && nothing.error() == plumbline::recv_error::disconnected) {
    std::puts("recv: disconnected");
  }
  if (const auto nothing = rx.try_recv(); !nothing && nothing.error() == plumbline::try_recv_error::disconnected) {
    std::puts("try_recv: disconnected");
  }
}

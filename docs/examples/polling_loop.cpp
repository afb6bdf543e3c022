// A worker that does its work step by step, and between the steps looks whether it was told to stop:
//
//     let (tx, rx) = mpsc::channel();
//     thread::spawn(move || loop {
//         println!("Working");
//         thread::sleep(Duration::from_millis(1));
//         match rx.try_recv() {
//             Ok(_) | Err(TryRecvError::Disconnected) => { println!("Terminating"); break; }
//             Err(TryRecvError::Empty) => {}
//         }
//     });
//     … tx.send(()) …
//
// try_recv never waits, and tells "nothing yet" from "nobody is left who could send". Here the main thread waits until
// the worker has done two steps, then signals. How many more it does before it sees the signal is not promised:
//
//   | Working
//   | Working
//   * Working
//   | Terminating

#include <chrono>
#include <cstdio>
#include <latch>
#include <plumbline/channel.hpp>
#include <thread>
#include <utility>

int main() {
  struct stop {};
  auto [tx, rx] = plumbline::channel<stop>();
  std::latch two_steps(2);

  std::jthread worker([signal = std::move(rx), &two_steps]() mutable {
    for (int step = 1;; ++step) {
      std::puts("Working");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // stands for the work
      if (step <= 2) {
        two_steps.count_down();
      }
      const auto told = signal.try_recv();
      if (told || told.error() == plumbline::try_recv_error::disconnected) {
        std::puts("Terminating");
        return;
      }
    }
  });

  two_steps.wait();
  tx.send(stop{}).value();
  worker.join();
}

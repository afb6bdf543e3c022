// The channel of the Rust book: a spawned thread produces, the main thread iterates.
//
//     let (tx, rx) = mpsc::channel();
//     thread::spawn(move || {
//         for val in ["hi", "from", "the", "thread"] {
//             tx.send(val).unwrap();
//         }
//     });                       // tx is moved into the closure, and dropped at its end
//     for re in rx {            // ends when tx is gone and everything was received
//         println!("Got: {re}");
//     }
//
// One sender's values arrive in the order in which it sent them, so all of this is promised:
//
//   | Got: hi
//   | Got: from
//   | Got: the
//   | Got: thread

#include <cstdio>
#include <plumbline/channel.hpp>
#include <string>
#include <thread>
#include <utility>

int main() {
  auto [tx, rx] = plumbline::channel<std::string>();

  const std::jthread thread([out = std::move(tx)] {
    for (const char* value : {"hi", "from", "the", "thread"}) {
      out.send(value).value();  // as unwrap() does: if this failed, an exception would end the program
    }
  });

  for (const std::string& received : rx) {
    std::printf("Got: %s\n", received.c_str());
  }
}

// Two producers with a clone each of one sender; the loop ends when both are gone:
//
//     let (tx, rx) = mpsc::channel();
//     let tx1 = tx.clone();
//     thread::spawn(move || for v in ["hi", "from", "the", "thread"] { tx1.send(v).unwrap(); });
//     thread::spawn(move || for v in ["more", "messages", "for", "you"] { tx.send(v).unwrap(); });
//     for received in rx {
//         println!("Got: {received}");
//     }
//
// Each producer's values keep their order; between two producers that run side by side no order is promised:
//
//   | Got: hi
//   | Got: from
//   | Got: the
//   | Got: thread
//
//   | Got: more
//   | Got: messages
//   | Got: for
//   | Got: you

#include <cstdio>
#include <initializer_list>
#include <plumbline/channel.hpp>
#include <string>
#include <thread>
#include <utility>

namespace {

void produce(const plumbline::sender<std::string>& out, std::initializer_list<const char*> values) {
  for (const char* value : values) {
    out.send(value).value();
  }
}

}  // namespace

int main() {
  auto [tx, rx] = plumbline::channel<std::string>();

  const std::jthread first([out = tx.clone()] { produce(out, {"hi", "from", "the", "thread"}); });
  const std::jthread second([out = std::move(tx)] { produce(out, {"more", "messages", "for", "you"}); });

  for (const std::string& received : rx) {
    std::printf("Got: %s\n", received.c_str());
  }
}

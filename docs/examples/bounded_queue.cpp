// Python's bounded queue between a producer and a consumer:
//
//     q = queue.Queue(maxsize=3)
//     def producer():
//         for i in range(1, 6):
//             q.put(f"hello from the other side, {i}")    # waits while 3 are in the queue
//         q.put(None)                                     # a value that stands for "no more"
//     threading.Thread(target=producer).start()
//     while (item := q.get()) is not None:                # waits while the queue is empty
//         print("got:", item)
//
// Here no value has to stand for "no more": the loop ends when the producer's sender is gone.
//
// How far the producer is ahead of the consumer is not promised (never more than 3 and the one in hand), so its lines
// may come anywhere between the consumer's:
//
//   | got: hello from the other side, 1
//   | got: hello from the other side, 2
//   | got: hello from the other side, 3
//   | got: hello from the other side, 4
//   | got: hello from the other side, 5
//
//   | producer: all put

#include <cstdio>
#include <plumbline/channel.hpp>
#include <string>
#include <thread>
#include <utility>

int main() {
  auto [tx, rx] = plumbline::bounded_channel<std::string>(3);

  const std::jthread producer([put = std::move(tx)] {
    for (int i = 1; i <= 5; ++i) {
      if (!put.send("hello from the other side, " + std::to_string(i))) {
        return;  // nobody is there to get it
      }
    }
    std::puts("producer: all put");
  });

  for (const std::string& item : rx) {
    std::printf("got: %s\n", item.c_str());
  }
}

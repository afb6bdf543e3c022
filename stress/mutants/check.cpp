// A core, real or broken, under a sanitizer: what no history shows. Built with each of the broken cores that a
// sanitizer has to notice, and run by ci/zoo.
//
//   check [SECONDS]
//
// Exit codes: 0 nothing found; another: something was, and the sanitizer says what.

#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>

#include "plumbline/channel.hpp"

namespace {

using payload = std::unique_ptr<int>;  // has memory of its own, so a sanitizer sees who touches it and who frees it

constexpr int values = 3;  // of each sender

// (A size that nobody looks at would not even be read.)
void require_possible(std::size_t size) {
  if (size > std::size_t{2} * values) {
    std::puts("violates CAPACITY: size() said more than was ever sent");
    std::fflush(stdout);
    std::_Exit(1);
  }
}

// Two senders that are cloned and dropped, and the receiver, start together; each of them looks at the size. What the
// receiver takes before it goes differs by round.
void together(plumbline::endpoints<payload> ends, unsigned round) {
  std::barrier start(3);
  const auto work = [&start](plumbline::sender<payload> tx) {
    start.arrive_and_wait();
    for (int i = 0; i < values; ++i) {
      const auto another = tx.clone();
      require_possible(tx.size());
      if (!another.send(std::make_unique<int>(i))) {
        return;
      }
    }
  };
  std::jthread first(work, ends.tx.clone());
  std::jthread second(work, std::move(ends.tx));
  start.arrive_and_wait();
  for (unsigned taken = 0; taken < round % 8 && ends.rx.recv(); ++taken) {
    require_possible(ends.rx.size());
  }
  ends.rx.drop();
}

}  // namespace

int main(int count, char** arguments) {
  const std::chrono::duration<double> time(count > 1 ? std::atof(arguments[1]) : 1);
  const auto until = std::chrono::steady_clock::now() + time;
  unsigned rounds = 0;
  for (; std::chrono::steady_clock::now() < until; ++rounds) {
    together(plumbline::channel<payload>(), rounds);
    together(plumbline::bounded_channel<payload>(1), rounds);
    together(plumbline::bounded_channel<payload>(0), rounds);
  }
  std::printf("nothing found in %u rounds\n", rounds);
}

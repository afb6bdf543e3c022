#include <plumbline/channel.hpp>
#include <string>
#include <thread>
#include <utility>

int main() {
  auto [tx, rx] = plumbline::bounded_channel<std::string>(3);
  std::jthread producer([out = std::move(tx)] { (void)out.send("hello from the other side"); });
  return rx.recv() == "hello from the other side" && !rx.recv() ? 0 : 1;
}

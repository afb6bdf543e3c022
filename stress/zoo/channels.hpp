#pragma once
// The channels of the zoo by name, and how to own one. zoo.json says what each must be found to do.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "bug.hpp"
#include "lanes.hpp"
#include "linked.hpp"
#include "ring.hpp"
#include "segments.hpp"

namespace plumbline::zoo {

// A host with one bug.
template <template <class, class, bug> class Host, bug Bug = bug::none>
struct specimen {
  template <class T, class Sync>
  using channel = Host<T, Sync, Bug>;
};

// An array of make(specimen, name) for each channel of the zoo: the one list of them.
template <class Make>
auto for_each_channel(Make make) {
  return std::array{
      make(specimen<linked>(), "v"),
      make(specimen<linked, bug::a1>(), "v-a1"),
      make(specimen<linked, bug::a1b>(), "v-a1b"),
      make(specimen<linked, bug::a9>(), "v-a9"),
      make(specimen<linked, bug::a10>(), "v-a10"),
      make(specimen<linked, bug::a18>(), "v-a18"),
      make(specimen<linked, bug::m26>(), "v-m26"),
      make(specimen<ring>(), "k"),
      make(specimen<ring, bug::a1>(), "k-a1"),
      make(specimen<ring, bug::a6>(), "k-a6"),
      make(specimen<ring, bug::a7>(), "k-a7"),
      make(specimen<ring, bug::a9>(), "k-a9"),
      make(specimen<ring, bug::a10>(), "k-a10"),
      make(specimen<ring, bug::a11>(), "k-a11"),
      make(specimen<ring, bug::a16>(), "k-a16"),
      make(specimen<ring, bug::m34>(), "k-m34"),
      make(specimen<segments>(), "s"),
      make(specimen<segments, bug::a1>(), "s-a1"),
      make(specimen<segments, bug::a6>(), "s-a6"),
      make(specimen<segments, bug::a12>(), "s-a12"),
      make(specimen<segments, bug::a14>(), "s-a14"),
      make(specimen<segments, bug::a15>(), "s-a15"),
      make(specimen<lanes>(), "w"),
      make(specimen<lanes, bug::a3_sleeper>(), "w-a3-sleeper"),
      make(specimen<lanes, bug::a3_waker>(), "w-a3-waker"),
      make(specimen<lanes, bug::a3_look>(), "w-a3-look"),
      make(specimen<lanes, bug::m18>(), "w-m18"),
  };
}

// A channel and its ends: knows which ends are still there, and drops those with itself.
template <class Channel>
class owned {
 public:
  static constexpr std::uint32_t most_senders = 8;
  static constexpr bool tells_senders = requires(Channel& it) { it.drop_receiver(); };
  static constexpr bool is_bounded = std::constructible_from<Channel, std::size_t, std::uint32_t>;

  owned(std::optional<std::size_t> places, std::uint32_t senders) : it_(make(places, senders)) {
    for (std::uint32_t sender = 0; sender < senders; ++sender) {
      senders_[sender] = true;
    }
  }
  ~owned() {
    drop_receiver();
    for (std::uint32_t sender = 0; sender < most_senders; ++sender) {
      drop_sender(sender);
    }
    if constexpr (!requires { Channel::frees_itself; }) {
      delete it_;
    }
  }
  owned(const owned&) = delete;
  owned& operator=(const owned&) = delete;

  Channel* operator->() const noexcept { return it_; }

  void clone(std::uint32_t new_sender) {
    it_->add_sender();
    senders_[new_sender] = true;
  }
  void drop_sender(std::uint32_t sender) {
    if (std::exchange(senders_[sender], false)) {
      it_->drop_sender();
    }
  }
  void drop_receiver() {
    if constexpr (tells_senders) {
      if (std::exchange(receiver_, false)) {
        it_->drop_receiver();
      }
    }
  }

 private:
  static Channel* make([[maybe_unused]] std::optional<std::size_t> places, std::uint32_t senders) {
    if constexpr (is_bounded) {
      return new Channel(*places, senders);
    } else {
      return new Channel(senders);
    }
  }

  Channel* const it_;
  std::array<bool, most_senders> senders_{};  // each is touched by the sender's thread only
  bool receiver_ = true;
};

}  // namespace plumbline::zoo

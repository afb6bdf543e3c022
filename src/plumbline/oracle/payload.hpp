#pragma once
// What a channel under test carries. A payload can be a fault of its own: correct code, and what it does to a channel
// is allowed, but it shows mistakes that a number never would.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::oracle {

enum class payload : std::uint8_t {
  plain,      // it is counted (LIFETIME), and nothing else: `tracked`
  slow,       // now and then its move takes ten microseconds, and yields the processor in the midst of it
  reentrant,  // one value of the program holds a sender, which its destructor drops: that calls back into the channel
  large,      // 1 KiB, every word of which says the value, so that a torn one is noticed (INTEGRITY): `large_tracked`
  aligned,    // aligned to 128 bytes; it looks where it was put (LIFETIME): `aligned_tracked`
  throwing,   // now and then its move throws payload_threw, and moves nothing: `throwing_tracked`
  bare,       // a number and nothing else, not even counted, which may be moved as the bytes that it is: `bare_number`
};

// In the order in which people read them.
inline constexpr std::array every_payload = {payload::plain,   payload::slow,     payload::reentrant, payload::large,
                                             payload::aligned, payload::throwing, payload::bare};

// Which payloads a channel accepts. None: it carries numbers only, so there is no choice.
class payload_set {
 public:
  constexpr payload_set() noexcept = default;
  template <class... Payloads>
  constexpr payload_set(payload first, Payloads... more) noexcept : bits_((bit(first) | ... | bit(more))) {}

  constexpr bool has(payload one) const noexcept { return (bits_ & bit(one)) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr payload_set without(payload one) const noexcept { return payload_set(bits_ & ~bit(one)); }
  friend constexpr payload_set operator|(payload_set one, payload_set other) noexcept {
    return payload_set(one.bits_ | other.bits_);
  }

 private:
  constexpr explicit payload_set(unsigned bits) noexcept : bits_(bits) {}
  static constexpr unsigned bit(payload one) noexcept { return 1U << static_cast<unsigned>(one); }
  unsigned bits_ = 0;
};

// What a channel accepts whose values may throw when they are moved; and what every other one must. (A bare one can be
// carried by any, and is so only if that is asked for: whatever else is carried, LIFETIME is looked at.)
inline constexpr payload_set all_payloads = {payload::plain, payload::slow,    payload::reentrant,
                                             payload::large, payload::aligned, payload::throwing};
inline constexpr payload_set payloads_that_do_not_throw = all_payloads.without(payload::throwing);

// "plain", "slow", …
std::string_view to_string(payload) noexcept;
std::optional<payload> payload_of(std::string_view word) noexcept;
// "plain, slow, …"
std::string to_string(const payload_set&);

}  // namespace plumbline::oracle

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace plumbline::oracle {

// The rules of docs/contract.md. A verdict names one of them; to_string gives the id used everywhere ("NO-LOSS").
enum class rule : std::uint8_t {
  integrity,
  sender_order,
  fifo,
  no_loss,
  recv_disconnected,
  send_disconnected,
  empty_honest,
  full_honest,
  capacity,
  rendezvous,
  timeout_clean,
  wake_recv,
  wake_send,
  lifetime,
};

// What a channel promises, in the dimensions in which good channels differ on purpose. The defaults are the strongest.
enum class order : std::uint8_t {
  linearizable,  // FIFO across all senders
  per_sender,    // SENDER-ORDER only
  unordered,
};
enum class emptiness : std::uint8_t {
  honest,        // EMPTY-HONEST
  head_of_line,  // `empty` may be said, too, while the send at the head has reserved its place and not yet ended
  weak,          // `empty` may be said while any send is in progress, or was during the call
};
enum class fullness : std::uint8_t {
  honest,    // FULL-HONEST
  spurious,  // `full` may be said at any time while the receiver is there
};
enum class bound : std::uint8_t {
  exact,      // N fit, and never more
  at_least,   // N fit; more may
  unbounded,  // no limit; `full` is never said
};
enum class disconnection : std::uint8_t {
  both,      // each end learns that the other is gone
  receiver,  // the receiver learns that the senders are gone; senders do not learn that the receiver is
  none,      // the channel has no notion of it
};
constexpr bool tells_receiver(disconnection d) noexcept { return d != disconnection::none; }
constexpr bool tells_senders(disconnection d) noexcept { return d == disconnection::both; }

struct contract {
  oracle::order order = order::linearizable;
  emptiness empty = emptiness::honest;
  fullness full = fullness::honest;
  bound capacity = bound::exact;
  disconnection disconnect = disconnection::both;

  friend bool operator==(const contract&, const contract&) = default;
};

// The most values a channel buffers; 0 is rendezvous, none is unbounded.
using capacity = std::optional<std::size_t>;

// The words of docs/contract.md and of history files: "NO-LOSS", "per-sender", "head-of-line", …
std::string_view to_string(rule) noexcept;
std::string_view to_string(order) noexcept;
std::string_view to_string(emptiness) noexcept;
std::string_view to_string(fullness) noexcept;
std::string_view to_string(bound) noexcept;
std::string_view to_string(disconnection) noexcept;

// The value whose to_string is `word`; none if there is no such value.
template <class Enum>
std::optional<Enum> from_string(std::string_view word) noexcept;

// "order=linearizable empty=honest full=honest capacity=exact disconnect=both".
std::string to_string(const contract&);

// Gives one dimension ("order") another word ("per-sender"). What is wrong with them, if something is.
std::optional<std::string> amend(contract&, std::string_view dimension, std::string_view word);
// The contract with the words in a list like "order=per-sender,empty=weak" in the place of its own; or what is wrong
// with the list.
std::expected<contract, std::string> amended(contract, std::string_view list);

// Every rule, in the order of docs/contract.md; and its sentence there.
std::span<const rule> all_rules() noexcept;
std::string_view sentence(rule) noexcept;

}  // namespace plumbline::oracle

#include "plumbline/oracle/contract.hpp"

#include <fmt/format.h>

#include <array>
#include <ranges>
#include <utility>

namespace plumbline::oracle {
namespace {

template <class Enum>
struct entry {
  Enum value;
  std::string_view word;
};

// The words of each enumeration. Declared only, so that an enumeration without words does not compile.
template <class Enum>
constexpr auto words = nullptr;

template <>
constexpr auto words<rule> = std::to_array<entry<rule>>({
    {rule::integrity, "INTEGRITY"},
    {rule::sender_order, "SENDER-ORDER"},
    {rule::fifo, "FIFO"},
    {rule::no_loss, "NO-LOSS"},
    {rule::recv_disconnected, "RECV-DISCONNECTED"},
    {rule::send_disconnected, "SEND-DISCONNECTED"},
    {rule::empty_honest, "EMPTY-HONEST"},
    {rule::full_honest, "FULL-HONEST"},
    {rule::capacity, "CAPACITY"},
    {rule::rendezvous, "RENDEZVOUS"},
    {rule::timeout_clean, "TIMEOUT-CLEAN"},
    {rule::wake_recv, "WAKE-RECV"},
    {rule::wake_send, "WAKE-SEND"},
    {rule::lifetime, "LIFETIME"},
});
template <>
constexpr auto words<order> = std::to_array<entry<order>>({
    {order::linearizable, "linearizable"},
    {order::per_sender, "per-sender"},
    {order::unordered, "unordered"},
});
template <>
constexpr auto words<emptiness> = std::to_array<entry<emptiness>>({
    {emptiness::honest, "honest"},
    {emptiness::head_of_line, "head-of-line"},
    {emptiness::weak, "weak"},
});
template <>
constexpr auto words<fullness> = std::to_array<entry<fullness>>({
    {fullness::honest, "honest"},
    {fullness::spurious, "spurious"},
});
template <>
constexpr auto words<bound> = std::to_array<entry<bound>>({
    {bound::exact, "exact"},
    {bound::at_least, "at-least"},
    {bound::unbounded, "unbounded"},
});
template <>
constexpr auto words<disconnection> = std::to_array<entry<disconnection>>({
    {disconnection::both, "both"},
    {disconnection::receiver, "receiver"},
    {disconnection::none, "none"},
});

template <class Enum>
std::string_view word_of(Enum value) noexcept {
  for (const auto& [candidate, word] : words<Enum>) {
    if (candidate == value) {
      return word;
    }
  }
  std::unreachable();
}

}  // namespace

std::string_view to_string(rule value) noexcept { return word_of(value); }
std::string_view to_string(order value) noexcept { return word_of(value); }
std::string_view to_string(emptiness value) noexcept { return word_of(value); }
std::string_view to_string(fullness value) noexcept { return word_of(value); }
std::string_view to_string(bound value) noexcept { return word_of(value); }
std::string_view to_string(disconnection value) noexcept { return word_of(value); }

template <class Enum>
std::optional<Enum> from_string(std::string_view word) noexcept {
  for (const auto& [value, candidate] : words<Enum>) {
    if (candidate == word) {
      return value;
    }
  }
  return std::nullopt;
}
template std::optional<rule> from_string<rule>(std::string_view) noexcept;
template std::optional<order> from_string<order>(std::string_view) noexcept;
template std::optional<emptiness> from_string<emptiness>(std::string_view) noexcept;
template std::optional<fullness> from_string<fullness>(std::string_view) noexcept;
template std::optional<bound> from_string<bound>(std::string_view) noexcept;
template std::optional<disconnection> from_string<disconnection>(std::string_view) noexcept;

std::string to_string(const contract& c) {
  return fmt::format("order={} empty={} full={} capacity={} disconnect={}", to_string(c.order), to_string(c.empty),
                     to_string(c.full), to_string(c.capacity), to_string(c.disconnect));
}

namespace {

template <class Enum>
std::optional<std::string> set(Enum& into, std::string_view dimension, std::string_view word) {
  if (const auto known = from_string<Enum>(word)) {
    into = *known;
    return std::nullopt;
  }
  std::string choice;
  for (const auto& known : words<Enum>) {
    choice += fmt::format("{}{}", choice.empty() ? "" : ", ", known.word);
  }
  return fmt::format("the contract's {} cannot be \"{}\": it is one of {}", dimension, word, choice);
}

}  // namespace

std::optional<std::string> amend(contract& c, std::string_view dimension, std::string_view word) {
  if (dimension == "order") {
    return set(c.order, dimension, word);
  }
  if (dimension == "empty") {
    return set(c.empty, dimension, word);
  }
  if (dimension == "full") {
    return set(c.full, dimension, word);
  }
  if (dimension == "capacity") {
    return set(c.capacity, dimension, word);
  }
  if (dimension == "disconnect") {
    return set(c.disconnect, dimension, word);
  }
  return fmt::format("the contract has no \"{}\": it has order, empty, full, capacity and disconnect", dimension);
}

std::expected<contract, std::string> amended(contract c, std::string_view list) {
  for (const auto part : std::views::split(list, ',')) {
    const std::string_view amendment(part.begin(), part.end());
    const std::size_t equals = amendment.find('=');
    if (equals == std::string_view::npos) {
      return std::unexpected(
          fmt::format("\"{}\" does not say what of the contract is how, as order=per-sender does", amendment));
    }
    if (auto wrong = amend(c, amendment.substr(0, equals), amendment.substr(equals + 1))) {
      return std::unexpected(*std::move(wrong));
    }
  }
  return c;
}

std::span<const rule> all_rules() noexcept {
  static constexpr auto rules = [] {
    std::array<rule, words<rule>.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = words<rule>[i].value;
    }
    return all;
  }();
  return rules;
}

std::string_view sentence(rule value) noexcept {
  switch (value) {
    case rule::integrity:
      return "what is received was sent, once: nothing invented, duplicated or torn";
    case rule::sender_order:
      return "values of one sender arrive in the order in which it sent them";
    case rule::fifo:
      return "if send(a) ended before send(b) began, a arrives before b, whoever sent them";
    case rule::no_loss:
      return "every value whose send succeeded is received before `disconnected` is reported, unless the receiver was "
             "dropped";
    case rule::recv_disconnected:
      return "a receive reports `disconnected` only when the last sender is gone and nothing is buffered; from then on "
             "always";
    case rule::send_disconnected:
      return "a send reports `disconnected` only when the receiver is gone; from then on always; the value comes back "
             "to the caller";
    case rule::empty_honest:
      return "`empty` is said only if there was such an instant during the operation";
    case rule::full_honest:
      return "`full` is said only if there was such an instant during the operation";
    case rule::capacity:
      return "never more than N buffered; exactly N fit";
    case rule::rendezvous:
      return "with capacity 0 a send succeeds only together with the receive that takes its value";
    case rule::timeout_clean:
      return "an operation that timed out changed nothing, and the channel was empty (full) at some instant of the "
             "call";
    case rule::wake_recv:
      return "a blocked receive returns once a value is there, and once every sender is gone";
    case rule::wake_send:
      return "a blocked send returns once there is room, and once the receiver is gone";
    case rule::lifetime:
      return "every value is destroyed exactly once; what is buffered when the receiver goes is destroyed then";
  }
  std::unreachable();
}

}  // namespace plumbline::oracle

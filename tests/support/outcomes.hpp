#pragma once
// How tests speak of outcomes: EXPECT_TRUE(is_empty(rx.try_recv())), EXPECT_TRUE(returned(tx.send(1), 1, …)).

#include <gtest/gtest.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <type_traits>
#include <utility>

#include "plumbline/channel.hpp"

namespace plumbline::test {

template <class T, class Error>
bool is_disconnected(const std::expected<T, Error>& outcome) {
  return !outcome && outcome.error() == Error::disconnected;
}
template <class T>
bool is_empty(const std::expected<T, try_recv_error>& outcome) {
  return !outcome && outcome.error() == try_recv_error::empty;
}
template <class T>
bool is_timeout(const std::expected<T, recv_timeout_error>& outcome) {
  return !outcome && outcome.error() == recv_timeout_error::timeout;
}

// Whether a send failed for `reason` and gave `value` back.
template <class T, class Failure>
bool returned(const std::expected<void, unsent<T, Failure>>& outcome, const std::type_identity_t<T>& value,
              Failure reason) {
  return !outcome && outcome.error().reason == reason && outcome.error().value == value;
}
template <class T, class Failure>
bool is_disconnected(const std::expected<void, unsent<T, Failure>>& outcome) {
  return !outcome && outcome.error().reason == Failure::disconnected;
}
template <class T, class Failure>
bool is_disconnected(const std::expected<void, unsent<T, Failure>>& outcome, const std::type_identity_t<T>& value) {
  return returned(outcome, value, Failure::disconnected);
}
template <class T>
bool is_full(const std::expected<void, try_send_error<T>>& outcome, const std::type_identity_t<T>& value) {
  return returned(outcome, value, try_send_failure::full);
}
template <class T>
bool is_timeout(const std::expected<void, send_timeout_error<T>>& outcome, const std::type_identity_t<T>& value) {
  return returned(outcome, value, send_timeout_failure::timeout);
}

using capacity = std::optional<std::size_t>;  // none: unbounded

template <class T, detail::sync_policy Sync = detail::std_sync>
endpoints<T, Sync> make(capacity places) {
  return places ? bounded_channel<T, Sync>(*places) : channel<T, Sync>();
}

inline std::string describe(capacity places) {
  return places ? "capacity " + std::to_string(*places) : std::string("unbounded");
}

}  // namespace plumbline::test

#pragma once
// What the client programs of stress/relacy run on here: a host of the zoo, PLUMBLINE_ZOO_HOST, with PLUMBLINE_ZOO_BUG,
// as two handles like the reference's.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "../lanes.hpp"
#include "../linked.hpp"
#include "../ring.hpp"
#include "../segments.hpp"
#include "plumbline/error.hpp"
#include "plumbline/oracle/contract.hpp"
#include "relacy_sync.hpp"

namespace plumbline::stress::explored {

// What travels: a value, which a host may move where it likes. (The programs' values mind where they are moved.)
enum class manner : std::uint8_t {
  plain,
  throws,    // its move throws
  stalls,    // its first move lasts until the receiver has received something
  explodes,  // its destructor throws
};
struct exploded {};
inline bool received_something;

template <class T>
class parcel {
 public:
  explicit parcel(std::unique_ptr<T> value, manner its = manner::plain) : value_(std::move(value)), manner_(its) {}
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): that it may throw is the point
  parcel(parcel&& other) : value_(std::move(other.value_)), manner_(std::exchange(other.manner_, manner::plain)) {
    if (manner_ == manner::throws) {
      throw exploded();
    }
    while (manner_ == manner::stalls && !received_something) {
      relacy_sync::spin();
    }
  }
  parcel& operator=(parcel&& other) noexcept {
    value_ = std::move(other.value_);
    manner_ = std::exchange(other.manner_, manner::plain);
    return *this;
  }
  parcel(const parcel&) = delete;
  parcel& operator=(const parcel&) = delete;
  // NOLINTNEXTLINE(bugprone-exception-escape): that it may throw is the point
  ~parcel() noexcept(false) {
    value_.reset();
    if (manner_ == manner::explodes) {
      throw exploded();
    }
  }

  T take() {
    manner_ = manner::plain;
    return std::move(*value_);
  }

 private:
  std::unique_ptr<T> value_;
  manner manner_;
};

template <class T>
using host = zoo::PLUMBLINE_ZOO_HOST<parcel<T>, relacy_sync, zoo::bug::PLUMBLINE_ZOO_BUG>;
template <class T>
inline constexpr bool is_bounded = std::constructible_from<host<T>, std::size_t, std::uint32_t>;
template <class T>
inline constexpr bool tells_senders = requires(host<T>& it) { it.drop_receiver(); };

template <class T>
inline constexpr bool sized = requires(host<T>& it) { it.size(); };
template <class T>
inline constexpr bool waits_for_moves = requires { host<T>::waits_for_moves; };
template <class T>
inline constexpr bool drains_past_exceptions = requires { host<T>::drains_past_exceptions; };

// The instants of the host's clock.
template <class T>
using instant = typename host<T>::time_point;
template <class T>
instant<T> after(std::chrono::nanoseconds patience) {
  return instant<T>::clock::now() + patience;
}

template <class T>
class sender {
 public:
  sender(host<T>* it, std::uint32_t* numbers) : it_(it), numbers_(numbers), number_((*numbers)++) {}
  sender(sender&& other) noexcept
      : it_(std::exchange(other.it_, nullptr)), numbers_(other.numbers_), number_(other.number_) {}
  sender& operator=(sender&&) = delete;
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;
  ~sender() { drop(); }

  std::expected<void, send_error<T>> send(T value) const { return send(std::move(value), manner::plain); }
  std::expected<void, send_error<T>> send(T value, manner its) const {
    return put<send_failure>(std::move(value), instant<T>::max(), send_failure::disconnected, its);
  }
  std::expected<void, try_send_error<T>> try_send(T value) const {
    return put<try_send_failure>(std::move(value), instant<T>::min(), try_send_failure::full);
  }
  std::expected<void, send_timeout_error<T>> send_for(T value, std::chrono::nanoseconds patience) const {
    return put<send_timeout_failure>(std::move(value), after<T>(patience), send_timeout_failure::timeout);
  }
  // Whether the exception of the value's move came out.
  bool send_throwing() const {
    parcel<T> bad(nullptr, manner::throws);
    try {
      static_cast<void>(it_->send(number_, bad, instant<T>::max()));
    } catch (const exploded&) {
      return true;
    }
    return false;
  }
  sender clone() const {
    it_->add_sender();
    return sender(it_, numbers_);
  }
  void drop() {
    if (host<T>* const mine = std::exchange(it_, nullptr)) {
      mine->drop_sender();
    }
  }
  std::size_t size() const {
    if constexpr (requires { it_->size(); }) {
      return it_->size();
    }
    std::abort();  // no program of this host asks
  }
  static std::optional<std::size_t> capacity() { return is_bounded<T> ? std::optional<std::size_t>(2) : std::nullopt; }

 private:
  template <class Failure>
  std::expected<void, unsent<T, Failure>> put(T value, instant<T> deadline, Failure not_now,
                                              manner its = manner::plain) const {
    parcel<T> mine(std::make_unique<T>(std::move(value)), its);
    const zoo::status said = it_->send(number_, mine, deadline);
    if (said == zoo::status::done) {
      return {};
    }
    return std::unexpected(
        unsent<T, Failure>{mine.take(), said == zoo::status::not_now ? not_now : Failure::disconnected});
  }

  host<T>* it_;
  std::uint32_t* numbers_;  // how many senders there have been
  std::uint32_t number_;
};

// It owns the channel, which stays until all threads have ended: in an execution nothing else orders the last of them
// before the channel's end.
template <class T>
class receiver {
 public:
  explicit receiver(host<T>* it, std::unique_ptr<std::uint32_t> numbers) : it_(it), numbers_(std::move(numbers)) {}
  receiver(receiver&& other) noexcept
      : it_(std::exchange(other.it_, nullptr)), alive_(other.alive_), numbers_(std::move(other.numbers_)) {}
  receiver& operator=(receiver&&) = delete;
  receiver(const receiver&) = delete;
  receiver& operator=(const receiver&) = delete;
  ~receiver() {
    if constexpr (!requires { host<T>::frees_itself; }) {
      delete it_;
    }
  }

  std::expected<T, recv_error> recv() { return take(instant<T>::max(), recv_error::disconnected); }
  std::expected<T, try_recv_error> try_recv() { return take(instant<T>::min(), try_recv_error::empty); }
  std::expected<T, recv_timeout_error> recv_for(std::chrono::nanoseconds patience) {
    return take(after<T>(patience), recv_timeout_error::timeout);
  }
  void drop() {
    if (std::exchange(alive_, false)) {
      if constexpr (tells_senders<T>) {
        try {
          it_->drop_receiver();
        } catch (const exploded&) {  // of a value whose destructor throws: what counts is that all are gone
        }
      } else {  // what was sent is destroyed with the channel, and no program of this host drops the receiver before
        delete std::exchange(it_, nullptr);
      }
    }
  }
  std::size_t size() const {
    if constexpr (requires { it_->size(); }) {
      return it_->size();
    }
    std::abort();
  }
  static std::optional<std::size_t> capacity() { return sender<T>::capacity(); }

 private:
  template <class Failure>
  std::expected<T, Failure> take(instant<T> deadline, Failure not_now) {
    std::optional<parcel<T>> into;
    const zoo::status said = it_->recv(into, deadline);
    if (said == zoo::status::done) {
      received_something = true;
      return into->take();
    }
    return std::unexpected(said == zoo::status::not_now ? not_now : Failure::disconnected);
  }

  host<T>* it_;
  bool alive_ = true;
  std::unique_ptr<std::uint32_t> numbers_;
};

template <class T>
struct ends {
  sender<T> tx;
  receiver<T> rx;
};

template <class T>
ends<T> make([[maybe_unused]] std::optional<std::size_t> capacity) {
  host<T>* it;
  if constexpr (is_bounded<T>) {
    it = new host<T>(*capacity, 1);
  } else {
    it = new host<T>(1);
  }
  received_something = false;
  auto numbers = std::make_unique<std::uint32_t>(0);
  std::uint32_t* const counted = numbers.get();
  return {sender<T>(it, counted), receiver<T>(it, std::move(numbers))};
}

template <class T>
bool throws(const sender<T>& tx) {
  return tx.send_throwing();
}
template <class T>
std::expected<void, send_error<T>> send_stalling(const sender<T>& tx, T value) {
  return tx.send(std::move(value), manner::stalls);
}
template <class T>
std::expected<void, send_error<T>> send_exploding(const sender<T>& tx, T value) {
  return tx.send(std::move(value), manner::explodes);
}

inline constexpr bool is_ring = is_bounded<int>;
inline constexpr bool has_size = sized<int>;
inline constexpr oracle::contract promises{
    .order = tells_senders<int> ? oracle::order::linearizable : oracle::order::per_sender,
    .capacity = is_ring ? oracle::bound::exact : oracle::bound::unbounded,
    .disconnect = tells_senders<int> ? oracle::disconnection::both : oracle::disconnection::receiver};
inline constexpr std::string_view source = ".hpp:";
inline constexpr std::array<const char*, 0> condition_names{};
inline constexpr std::array<const char*, 0> data_names{};

}  // namespace plumbline::stress::explored

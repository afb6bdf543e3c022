#pragma once

#include <type_traits>

namespace plumbline::detail {

// The sentences that a user reads who instantiates a channel with a T that it cannot carry.
template <class T>
constexpr void require_message() noexcept {
  static_assert(std::is_object_v<T> && !std::is_array_v<T> && !std::is_const_v<T> && !std::is_volatile_v<T>,
                "plumbline: T must be an object type without const or volatile, and no array");
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "plumbline: T must be nothrow move-constructible, so that no value is lost half-way");
  static_assert(std::is_nothrow_destructible_v<T>, "plumbline: T must be nothrow destructible");
}

}  // namespace plumbline::detail

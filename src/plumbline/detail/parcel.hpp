#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace plumbline::detail {

// A value on its way through the queue, where it is moved while the mutex is held: so no code of T may be part of that
// (LIFETIME). A T that is a few bytes, and nothing else, stands in it; of any other T it has a pointer.
template <class T>
class parcel {
  static constexpr std::size_t few = 64;  // bytes: as many as are copied faster than memory for them is allocated
  static constexpr bool is_bytes = std::is_trivially_copyable_v<T> && std::is_trivially_move_constructible_v<T> &&
                                   std::is_trivially_move_assignable_v<T> && sizeof(T) <= few;
  struct box {  // so that an operator new of T itself is not asked: a T without one can be sent as well
    T value;
  };

 public:
  explicit parcel(T&& value) : content_(wrapped(std::move(value))) {}  // std::bad_alloc

  // The value. Once only; not while the mutex is held.
  T unwrap() && noexcept {
    if constexpr (is_bytes) {
      return std::move(content_);
    } else {
      return std::move(content_->value);
    }
  }

 private:
  using content = std::conditional_t<is_bytes, T, std::unique_ptr<box>>;

  static content wrapped(T&& value) {
    if constexpr (is_bytes) {
      return std::move(value);
    } else {
      return std::make_unique<box>(std::move(value));
    }
  }

  content content_;
};

}  // namespace plumbline::detail

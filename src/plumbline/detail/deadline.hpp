#pragma once

#include <chrono>
#include <type_traits>

namespace plumbline::detail {

// The first tick of `TimePoint`'s clock that is not before `when`, so that a wait is never early; saturates at both
// ends of the clock's range (max() means for ever, min() means do not wait), and takes a NaN for "do not wait".
template <class TimePoint, class Duration>
constexpr TimePoint saturated(std::chrono::time_point<typename TimePoint::clock, Duration> when) noexcept {
  using ticks = typename TimePoint::duration;
  // Compared in long double, for a cast that overflows is undefined and a cast that is checked afterwards too late.
  using wide = std::chrono::duration<long double, typename ticks::period>;
  const wide since_epoch = wide(when.time_since_epoch());
  if (since_epoch >= wide(TimePoint::max().time_since_epoch())) {
    return TimePoint::max();
  }
  if (!(since_epoch > wide(TimePoint::min().time_since_epoch()))) {
    return TimePoint::min();
  }
  return TimePoint(std::chrono::ceil<ticks>(when.time_since_epoch()));
}

// The instant `patience` from now, on Clock; never earlier, saturated at Clock's max(), which means for ever. A
// patience that is not positive (a NaN included) has run out already.
template <class Clock, class Rep, class Period>
typename Clock::time_point deadline_after(std::chrono::duration<Rep, Period> patience) noexcept {
  using time_point = typename Clock::time_point;
  using ticks = typename time_point::duration;
  using wide = std::chrono::duration<long double, typename ticks::period>;
  if (!(wide(patience) > wide::zero())) {
    return time_point::min();
  }
  const time_point now = Clock::now();
  if (wide(patience) >= wide(time_point::max() - now)) {
    return time_point::max();
  }
  return now + std::chrono::ceil<ticks>(patience);
}

}  // namespace plumbline::detail

#pragma once

#include <cstdio>
#include <cstdlib>

namespace plumbline::detail {

// A broken precondition is a bug of the caller, not an outcome: say which one, and stop.
// (An outcome would have to be `disconnected`, and this library does not lie about that.)
inline void require(bool holds, const char* precondition) noexcept {
  if (!holds) {
    std::fprintf(stderr, "plumbline: precondition violated: %s\n", precondition);
    std::abort();
  }
}

}  // namespace plumbline::detail

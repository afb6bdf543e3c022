#include "plumbline/oracle/verdict.hpp"

#include <utility>

namespace plumbline::oracle {

std::string_view to_string(judgement value) noexcept {
  switch (value) {
    case judgement::conforms:
      return "conforms";
    case judgement::violates:
      return "violates";
    case judgement::unknown:
      return "unknown";
  }
  std::unreachable();
}

}  // namespace plumbline::oracle

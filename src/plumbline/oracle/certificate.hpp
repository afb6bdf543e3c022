#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plumbline/oracle/contract.hpp"
#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// A part of a history that breaks a rule by itself, and so proves that the whole breaks its contract: nothing is left
// out whose absence alone could be the reason.
struct certificate {
  rule broken = rule::integrity;
  std::vector<std::size_t> operations;  // indices into the history, ascending
};

// The smallest such part that leaving out values and other operations one by one leads to, beginning with the
// operations in `suspected` and what has to be kept with them. Deterministic. Requires that check() finds a breach of
// the history; `suspected` may be empty.
//
// Of a channel of capacity N a breach of CAPACITY shows N values, and one of FULL-HONEST all that may have been inside.
// Where that is more than some thousands the part is conclusive, but not the smallest.
certificate shrink(const history&, const std::vector<std::size_t>& suspected);

// These operations and all that they, and these again, may need to be shown with, ascending: those of the same values,
// and those that have no value. Of a long history that is little, as a rule, and what holds for it alone holds for the
// whole. None if sends of other values have to be looked at.
std::optional<std::vector<std::size_t>> neighbourhood(const history&, const std::vector<std::size_t>& some);

// These operations, and those that must not be left out where these are shown.
std::vector<std::size_t> with_what_they_need(const history&, const std::vector<std::size_t>& some);

}  // namespace plumbline::oracle

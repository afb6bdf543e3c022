#pragma once

#include <vector>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

// Whether the part, which has those operations of the whole that are kept, is illegal only if the whole is, too. It is
// if no operation was left out that another one needs: then whoever takes a legal order of the whole, and leaves out
// the others, has a legal order of the part. The verifier's; the checker's shrinking has its own.
bool stands_for_the_whole(const history& part, const history& whole, const std::vector<bool>& kept);

}  // namespace plumbline::oracle

#pragma once

#include "plumbline/oracle/history.hpp"
#include "plumbline/plugin.h"

// The outcomes of plumbline/plugin.h and those of histories.
namespace plumbline::oracle::detail {

inline plumbline_outcome abi_outcome(outcome said) noexcept {
  switch (said) {
    case outcome::ok:
      return PLUMBLINE_OK;
    case outcome::full:
      return PLUMBLINE_FULL;
    case outcome::empty:
      return PLUMBLINE_EMPTY;
    case outcome::timeout:
      return PLUMBLINE_TIMEOUT;
    case outcome::disconnected:
      return PLUMBLINE_DISCONNECTED;
    case outcome::pending:
      break;
  }
  return 0;
}

inline outcome outcome_of(plumbline_outcome said) noexcept {
  switch (said) {
    case PLUMBLINE_OK:
      return outcome::ok;
    case PLUMBLINE_FULL:
      return outcome::full;
    case PLUMBLINE_EMPTY:
      return outcome::empty;
    case PLUMBLINE_TIMEOUT:
      return outcome::timeout;
    case PLUMBLINE_DISCONNECTED:
      return outcome::disconnected;
    default:
      return outcome::pending;  // no outcome at all: the harness says so
  }
}

}  // namespace plumbline::oracle::detail

#pragma once
// The channels that are built into a program, by name.

#include <string>
#include <string_view>
#include <vector>

#include "plumbline/oracle/adapter.hpp"

namespace plumbline::oracle {

// Every channel that was registered, sorted by name.
std::vector<channel_type> registered_channels();

// Registers a channel for the whole run of the program. Define one at namespace scope in a source file that is linked
// into it as an object, not from a static library, which would leave the file out:
//   const plumbline::oracle::registered_channel my_channel(plumbline::oracle::describe<adapter>("my-channel", "1.0"));
// A name that is taken already ends the program with a message.
class registered_channel {
 public:
  explicit registered_channel(channel_type);
};

}  // namespace plumbline::oracle

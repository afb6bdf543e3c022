#pragma once
// The plumbline command as the whole of a program of your own, with your channels in it: a `main` in one line.
//
//   PLUMBLINE_MAIN(plumbline::oracle::describe<my_channel>("my-channel", "1.0"));
//
// Link the program to plumbline::main. Then: ./my_program stress

#include <vector>

#include "plumbline/oracle/adapter.hpp"

namespace plumbline {

// Runs the command that the arguments say, as `plumbline` does, with these channels beside those that have registered
// themselves (oracle/registry.hpp). Returns the exit code: 0 conforms, 1 violates, 2 unknown, 3 misuse. Call it once.
int command(int argc, char** argv, std::vector<oracle::channel_type> channels = {});

}  // namespace plumbline

// Defines main. The arguments are channel types, describe<adapter>("name", "version"), as many as there are channels.
#define PLUMBLINE_MAIN(...)                                                                 \
  int main(int argc, char** argv) { return plumbline::command(argc, argv, {__VA_ARGS__}); } \
  static_assert(true)

#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "plumbline/oracle/adapter.hpp"

namespace plumbline::oracle {

// Why a plug-in cannot be used: one line that names the file and what to do.
class plugin_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The kinds of channel in a shared library that exports plumbline/plugin.h's function. It stays loaded until the
// process ends. Throws plugin_error.
std::vector<channel_type> load_plugin(const std::string& file);

}  // namespace plumbline::oracle

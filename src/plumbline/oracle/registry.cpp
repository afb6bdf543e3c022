#include "plumbline/oracle/registry.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

namespace plumbline::oracle {
namespace {

// A function's variable, since it is used while other files' variables are being initialized.
std::map<std::string, channel_type>& channels() {
  static std::map<std::string, channel_type> by_name;
  return by_name;
}

}  // namespace

registered_channel::registered_channel(channel_type type) {
  const std::string name = type.name;
  if (!channels().emplace(name, std::move(type)).second) {
    std::fprintf(stderr, "plumbline: two channels have been registered as %s\n", name.c_str());
    std::abort();
  }
}

std::vector<channel_type> registered_channels() {
  std::vector<channel_type> all;
  for (const auto& [name, type] : channels()) {
    all.push_back(type);
  }
  return all;
}

}  // namespace plumbline::oracle

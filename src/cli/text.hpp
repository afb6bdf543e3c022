#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::cli {

// 1234567 as "1 234 567".
std::string grouped(std::uint64_t number);

// "1 program", "1 234 programs".
std::string counted(std::uint64_t count, std::string_view noun);

// Rows of a table, all with as many cells, as lines whose columns are as wide as they have to be. Numbers of bytes are
// taken for widths: cells are ASCII.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace plumbline::cli

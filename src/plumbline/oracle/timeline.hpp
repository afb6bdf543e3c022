#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "plumbline/oracle/history.hpp"

namespace plumbline::oracle {

struct timeline_style {
  std::size_t width = 80;  // columns, at most; below 40 counts as 40
  bool unicode = true;     // box characters and arrows; else ASCII
  bool color = false;      // the marked operations stand out, the others are dim
};

// The history as a picture, an operation a bar between its begin and its end, a thread a row; the sender's threads
// first, the receiver's last. Only the order of time stamps counts: each different stamp has its column, and where
// operations cannot be told apart by their columns there are not enough of them. Bars that touch no common column do
// not overlap. A pending operation's bar is open at its end. Operations in `marked` (indices) are drawn heavy; if there
// is none, none is. What does not fit the width is cut into several pictures, one below the other. Of more than
// most_drawn operations there is a line instead, that says how many they are: nobody would read that picture, and it
// takes memory that grows with their square.
inline constexpr std::size_t most_drawn = 1000;
std::string timeline(const history&, std::span<const std::size_t> marked = {}, const timeline_style& = {});

// What suits the terminal behind that file descriptor: its width, UTF-8 if the locale's variables say so, color unless
// NO_COLOR is set; 80 columns and no color if it is no terminal.
timeline_style style_for(int file_descriptor);

}  // namespace plumbline::oracle

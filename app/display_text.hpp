#pragma once

// Text in the columns of a terminal: how wide it is, cut to fit, padded. Takes text that is printable()
// already; never cuts inside a character. Wide characters (East Asian, emoji) count two columns, combining
// ones none; where terminals differ the wider guess is taken, so that a line never wraps.

#include <string>
#include <string_view>

namespace davy::app {

std::size_t display_width(std::string_view text);
std::string fitted(std::string_view text, std::size_t columns);  // cut text ends in "…"
std::string padded(std::string_view text, std::size_t columns);  // fitted, then filled with blanks

}  // namespace davy::app

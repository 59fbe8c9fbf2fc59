#pragma once

// A release as a few lines for a terminal: which it is, where it stands and how long it still takes, and a
// line a check with the canary's value, the baseline's, the limit, how sure the judge is, and why.
//
// Pure; the console moves the cursor. No line is wider than `width` columns, control characters of whatever
// came from outside are visible escapes, and the only escape sequences are colours, where they are wanted.

#include "core/model/guard_snapshot.hpp"

#include <string>
#include <vector>

namespace davy::app {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

std::vector<std::string> progress_screen(const GuardSnapshot& snapshot, ScreenSize size, bool colour);

// The escape sequence of a phase's colour; empty for those without one.
const char* colour_of(Phase phase);

}  // namespace davy::app

#pragma once

// The window of one check, as the rounds of a file fill it.
//
// Every series of the file is one member of its side. A member that the file has a tick of answered in that
// round; it is present when that tick holds what the check asks for.

#include "bench/judge_ticks/timeline.hpp"
#include "core/model/window.hpp"

namespace davy::judge_ticks {

// Before the first round.
Window empty_window(const TickFile& file, const Check& check, const Timeline& timeline);

// One more round at the window's end.
void append(Window& window, const Check& check, const Round& round);

}  // namespace davy::judge_ticks

#pragma once

// The ticks of a file on one time line, as the judge would have met them round by round.
//
// Where the file knows its pods, ticks are grouped by their time; otherwise the two series, which were often
// recorded one after the other, run side by side from the deploy on, until the shorter one ends. At most five
// minutes before the deploy are kept, and nothing after the window.

#include "bench/judge_ticks/tick_file.hpp"
#include "core/base/clock.hpp"

#include <vector>

namespace davy::judge_ticks {

struct Round {
  double end_s = 0;  // since the deploy
  double length_s = 0;
  bool judged = false;                    // after the deploy
  std::vector<const FileTick*> canary;    // one a series of the file; null where it has no such tick
  std::vector<const FileTick*> baseline;  // the same
};

struct Timeline {
  double tick_s = 0;    // the usual length
  double window_s = 0;  // the file's, or the whole canary and at least ten minutes
  std::vector<Round> rounds;
};

// The file must outlive what is returned.
Timeline timeline_of(const TickFile& file);

}  // namespace davy::judge_ticks

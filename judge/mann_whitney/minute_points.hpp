#pragma once

// A window's judged ticks as one value a minute for each side: what a rank test compares.
//
// Minutes are counted from the first judged tick and made of whole ticks, so a point never changes once it is
// there. A side that was seen for less than half of a minute, had no events in it, or read NaN has no point
// for it: nothing is ever filled in.

#include "core/model/check.hpp"
#include "core/model/window.hpp"

#include <vector>

namespace davy::judge {

struct SidePoints {
  std::vector<double> values;  // of complete minutes, oldest first, in the check's unit
  double samples = 0;          // events or readings behind them
  double seen = 0;             // events or readings so far, the minute that is not over included

  double mean() const;  // of the values, of which there must be one
};

struct MinutePoints {
  SidePoints canary, baseline;
  bool warming_up = true;  // nothing is judged yet
  Duration next_in{};      // until the minute that is not over will be
};

MinutePoints minute_points(const Window& window, const Check& check);

}  // namespace davy::judge

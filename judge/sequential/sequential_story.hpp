#pragma once

// What a sequential comparison has to tell in one round, besides its finding.

#include "core/model/check.hpp"
#include "core/model/finding.hpp"
#include "core/model/window.hpp"
#include "judge/sequential/evidence.hpp"

#include <string>
#include <vector>

namespace davy::judge {

struct SequentialStory {
  const Check& check;
  const Window& window;
  Evidence evidence;
  double seen_s = 0;      // that the sides' numbers span
  bool over_now = false;  // the canary's newest numbers are over a limit
  SideValue newest_canary, newest_baseline;
  std::vector<std::string> left_out;  // members of the baseline
};

}  // namespace davy::judge

#pragma once

// What a sequential test found, as one line: what, how much on each side with sample sizes, the limit, how
// sure, since when, and what else was seen. Never a probability that the canary is bad: nobody knows that.

#include "core/model/check.hpp"
#include "core/model/finding.hpp"
#include "core/model/window.hpp"
#include "judge/sequential/evidence.hpp"

#include <string>

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

// "2x and +0.5pp, and 5%".
std::string limit_text(const Check& check);

std::string sequential_sentence(const Finding& finding, const SequentialStory& story);

}  // namespace davy::judge

#pragma once

// Tables of what the judge says besides "over the limit", and of how its ticks' length matters.
//
//   pass   how often and when a canary is known to be inside 1.5 times the baseline's rate, at it and well
//          inside it, and how often the 95% interval misses the truth
//   ticks  the same canaries seen every 1, 5 and 15 s: false rollbacks and times

#include "bench/detection/suites.hpp"

namespace davy::bench {

std::vector<Suite> pass_suites();

}  // namespace davy::bench

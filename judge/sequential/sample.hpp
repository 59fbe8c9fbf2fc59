#pragma once

// One tick of a check as the tests take it and as the journal keeps it: some numbers ("channels") for every
// control group and for the canary. What a channel is, the check's sampler says.

#include <cmath>
#include <cstddef>
#include <vector>

namespace davy::judge {

struct Sample {
  double length_s = 0;
  bool lenient = false;             // warming up
  std::vector<double> of_baseline;  // group after group, each all channels
  std::vector<double> of_canary;
  bool operator==(const Sample&) const = default;
};

// Counts are kept in steps of 1/256, so that what was journaled is exactly what was judged.
inline double quantised(double count) { return std::round(count * 256) / 256; }

}  // namespace davy::judge

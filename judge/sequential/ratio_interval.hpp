#pragma once

// The canary's rate over the baseline's with an interval that is right at every tick at once (95%): all
// ratios that the data has not ruled out against an even mixture of all (Robbins 1970, mixture confidence
// sequence).

#include "judge/sequential/effects.hpp"

namespace davy::judge {

struct Interval {
  double low = 0;
  double high = 0;  // infinite where nothing bounds it
};

class RatioInterval {
 public:
  RatioInterval();
  void push(const Counts& canary, const Counts& baseline, double inflation);
  // `widen` >= 1 divides the evidence, for what the inflation does not know.
  Interval interval(double widen = 1) const;

 private:
  static constexpr std::size_t points = 97;
  std::array<double, points> ratios_{};
  std::array<double, points> log_likelihood_{};
};

}  // namespace davy::judge

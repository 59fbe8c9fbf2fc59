#pragma once

// The absolute limit that follows the baseline: at most `delta` above a rate that the baseline, seen with a
// memory of two minutes, almost surely does not exceed.

#include "judge/sequential/effects.hpp"

namespace davy::judge {

class MovingLimit {
 public:
  explicit MovingLimit(double delta) : delta_(delta) {}
  // One tick of the baseline; then limit() is known before the canary's tick is looked at.
  void observe(const Counts& baseline, double tick_s, double phi);
  double limit() const { return limit_; }

  static constexpr double memory_s = 120;

 private:
  double delta_;
  Counts memory_;
  double limit_ = 1;
};

}  // namespace davy::judge

#pragma once

// The absolute limit that follows the baseline: at most `delta` above a rate that the baseline, seen with a
// memory of two minutes, almost surely does not exceed.

#include "judge/sequential/effects.hpp"

namespace davy::judge {

class MovingLimit {
 public:
  // One tick of the baseline; then both limits are known before the canary's tick is looked at.
  void observe(const Counts& baseline, double tick_s, double phi);
  // Exceeded only by a canary that is worse by more than `delta`.
  double upper(double delta) const;
  // Not reached by a canary that is worse by less than `delta`.
  double lower(double delta) const { return delta + rate_low_; }

  // The baseline's rate, as remembered.
  double rate() const { return memory_.total > 0 ? memory_.bad / memory_.total : 0; }

  static constexpr double memory_s = 120;

 private:
  Counts memory_;
  double rate_high_ = 1;
  double rate_low_ = 0;
};

}  // namespace davy::judge

#pragma once

// What a detector did in all runs of one cell, as a table needs it. A detection at or before the onset is
// early: it is a false rollback, never a fast one, and its time does not count. A run without a detection
// in time counts as infinitely slow.

#include "bench/detection/detector.hpp"
#include "bench/detection/truth.hpp"

#include <optional>
#include <span>
#include <vector>

namespace davy::bench {

struct Outcome {
  int runs = 0;
  int early = 0;
  std::vector<double> delays_s;  // after the onset, ascending

  // Shares are in [0,1] of the runs.
  double fired() const;
  double detected() const;
  double early_share() const;
  // The delay that the share q of the runs does not exceed; absent when too few were detected.
  std::optional<double> quantile(double q) const;

  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(std::span<const Detection> detections, const Truth& truth);

// The Monte-Carlo error of a share: its standard deviation.
double share_error(double share, int runs);

}  // namespace davy::bench

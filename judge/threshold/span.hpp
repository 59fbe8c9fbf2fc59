#pragma once

// The stretch of a window that the threshold comparison looks at, added up for each side.

#include "core/model/check.hpp"
#include "core/model/window.hpp"

#include <optional>
#include <vector>

namespace davy::judge {

struct SideSum {
  double total = 0;  // events, or readings of a gauge
  double bad = 0;
  double value_sum = 0;
  std::vector<double> buckets;

  // Members that were not there, and buckets of another layout than `bins`, are left out.
  void add(const std::vector<MemberTick>& members, std::size_t bins);

  // The side's value in the check's unit: errors over events, the quantile, the mean of the readings.
  std::optional<double> value(const Check& check, const std::vector<double>& bounds) const;
};

struct Span {
  SideSum canary, baseline;
  Duration length{};              // of the judged ticks in it
  std::optional<Instant> newest;  // end of the newest judged tick; nothing while warming up
};

// The newest judged ticks: all within check.lookback, and as many older ones as it takes to hold
// check.min_samples on both sides (on the canary alone where the baseline is not compared). Of a query whose
// newest round gave no number, nothing.
Span recent_span(const Window& window, const Check& check);

}  // namespace davy::judge

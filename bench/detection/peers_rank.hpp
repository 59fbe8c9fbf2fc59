#pragma once

// Kayenta's Mann-Whitney classifier as its judge calls it: confidence 98%, tolerance 25%. "High" when the
// lower confidence bound of the canary's shift exceeds a quarter of the estimated shift itself. The ranking
// is the judge's own (judge/mann_whitney), which is held against Kayenta's; the published tables were made
// without its corrections for continuity and ties, which puts their false rollbacks up to 0.8 points above
// these.

#include <span>

namespace davy::bench {

// The points are means over equal spans of time; no order is needed. False when a side has none.
bool kayenta_high(std::span<const double> canary_points, std::span<const double> baseline_points);

}  // namespace davy::bench

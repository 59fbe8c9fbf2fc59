#pragma once

// The quantile of a histogram, interpolated exactly as Prometheus' histogram_quantile() does for classic
// histograms, so that Davy's number is the number on the dashboard.

#include <optional>
#include <span>

namespace davy::judge {

// `bounds` ascend and end in +Inf; `counts` are per bin (not cumulative), as many as bounds. A rank in the
// +Inf bin gives the highest finite bound; in the first bin the lower edge is 0 when its bound is positive,
// otherwise the bound itself is given. Nothing when there are no observations or no finite bound.
std::optional<double> histogram_quantile(double quantile, std::span<const double> bounds,
                                         std::span<const double> counts);

}  // namespace davy::judge

#pragma once

// Where the middle of one sample surely lies above: the lower confidence bound of the Hodges-Lehmann location
// that goes with F. Wilcoxon's signed ranks (Individual comparisons by ranking methods, 1945), with the
// normal approximation and continuity correction. It is the order statistic of the n (n + 1) / 2 pairwise
// means.
//
// Like every rank method it takes the values as they are: one wild value does not move it. It assumes that
// they scatter evenly about their middle.

#include <optional>
#include <span>

namespace davy::judge {

// The middle lies below the bound with a chance of at most `tail`. Nothing where there are too few values to
// say so however far apart they are (fewer than six at 2%), or where one is not finite.
std::optional<double> location_lower_bound(std::span<const double> values, double tail);

}  // namespace davy::judge

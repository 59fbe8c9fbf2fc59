#include "bench/detection/peers_rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace davy::bench {
namespace {

constexpr double normal_99 = 2.3263478740408408;  // both tails together leave 2%
constexpr double tolerance = 0.25;
// As in Kayenta, which also corrects for ties. The design's tables were made without both corrections:
// without them every number of kay5/10 and kay-1m there comes out, false rollbacks up to 0.8 points above
// these.
constexpr double continuity = 0.5;

// Of t equal points t^3 - t.
double tie_sum(std::span<const double> points) {
  double sum = 0;
  for (const double point : points) {
    const auto equal = static_cast<double>(std::count(points.begin(), points.end(), point));
    sum += equal * equal - 1;  // each of the t equal points adds a t-th
  }
  return sum;
}

std::vector<double> sorted_shifts(std::span<const double> canary, std::span<const double> baseline) {
  std::vector<double> shifts;
  shifts.reserve(canary.size() * baseline.size());
  for (const double x : canary)
    for (const double y : baseline) shifts.push_back(x - y);
  std::sort(shifts.begin(), shifts.end());
  return shifts;
}

double median_of(const std::vector<double>& sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

}  // namespace

// The bound inverts the rank-sum test in its normal approximation, with the corrections for continuity and
// ties, as R's wilcox.test does (Hollander and Wolfe 1973, section 4.3): the smallest shift that no more than
// nm/2 + 1/2 + z sigma of the nm pairwise shifts exceed. Where even the smallest one is not excluded, R takes
// the smallest one as the bound: with three points a side full separation alone is High.
bool kayenta_high(std::span<const double> canary_points, std::span<const double> baseline_points) {
  if (canary_points.empty() || baseline_points.empty()) return false;
  const auto n = static_cast<double>(canary_points.size());
  const auto m = static_cast<double>(baseline_points.size());
  const double ties = (tie_sum(canary_points) + tie_sum(baseline_points)) / ((n + m) * (n + m - 1));
  const double sigma = std::sqrt(n * m / 12 * (n + m + 1 - ties));
  const double may_exceed = n * m / 2 + continuity + normal_99 * sigma;
  const auto shifts = sorted_shifts(canary_points, baseline_points);
  const auto excluded = static_cast<std::size_t>(std::max(0.0, std::floor(n * m - may_exceed)));
  return shifts[excluded] > tolerance * std::fabs(median_of(shifts));
}

}  // namespace davy::bench

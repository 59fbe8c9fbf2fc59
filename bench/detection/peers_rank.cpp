#include "bench/detection/peers_rank.hpp"

#include "judge/mann_whitney/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace davy::bench {
namespace {

constexpr double largest = 1e4;  // points are scaled to it, so that the ends of the interval are exact enough

double largest_of(std::span<const double> points) {
  double most = 0;
  for (const double point : points) most = std::max(most, std::fabs(point));
  return most;
}

std::vector<double> scaled(std::span<const double> points, double factor) {
  std::vector<double> out(points.begin(), points.end());
  for (double& point : out) point *= factor;
  return out;
}

}  // namespace

bool kayenta_high(std::span<const double> canary_points, std::span<const double> baseline_points) {
  const double most = std::max(largest_of(canary_points), largest_of(baseline_points));
  if (!(most > 0)) return false;
  judge::RankTest test;
  test.direction = judge::RankTest::Direction::increase;
  const double factor = largest / most;
  return judge::classify(test, scaled(canary_points, factor), scaled(baseline_points, factor)).rank_class ==
         judge::RankClass::high;
}

}  // namespace davy::bench

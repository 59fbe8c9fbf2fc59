#include "judge/sequential/moving_limit.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {
namespace {

constexpr double limit_max = 0.99;

}  // namespace

void MovingLimit::observe(const Counts& baseline, double tick_s, double phi) {
  const double keep = std::exp(-tick_s / memory_s);
  memory_.total = memory_.total * keep + baseline.total;
  memory_.bad = memory_.bad * keep + baseline.bad;
  // Two standard errors above one more bad event than was seen.
  const double bad = memory_.bad + 1;
  rate_high_ = (bad + 2 * std::sqrt(phi * bad)) / (memory_.total + 1);
  rate_low_ = std::max(0.0, memory_.bad - 2 * std::sqrt(phi * memory_.bad)) / (memory_.total + 1);
}

double MovingLimit::upper(double delta) const { return std::min(limit_max, delta + rate_high_); }

}  // namespace davy::judge

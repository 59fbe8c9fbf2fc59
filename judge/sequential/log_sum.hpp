#pragma once

// ln(e^a + e^b) without overflow.

#include <algorithm>
#include <cmath>
#include <limits>

namespace davy::judge {

inline double log_sum(double a, double b) {
  const double high = std::max(a, b);
  if (high == -std::numeric_limits<double>::infinity()) return high;
  return high + std::log1p(std::exp(std::min(a, b) - high));
}

}  // namespace davy::judge

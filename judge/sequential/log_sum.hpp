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

// ln((e^a + e^b) / 2): the mean of two e-values is one.
inline double log_mean(double a, double b) { return log_sum(a, b) - std::log(2); }

}  // namespace davy::judge

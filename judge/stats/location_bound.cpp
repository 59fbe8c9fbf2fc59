#include "judge/stats/location_bound.hpp"

#include "judge/stats/normal_quantile.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace davy::judge {

std::optional<double> location_lower_bound(std::span<const double> values, double tail) {
  const double n = static_cast<double>(values.size());
  const double expected = n * (n + 1) / 4;
  const double deviation = std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
  const double below = std::floor(expected - 0.5 + normal_quantile(tail) * deviation);
  if (below < 0 || !std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
    return std::nullopt;
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) means.push_back(values[i] / 2 + values[j] / 2);
  }
  const auto bound = means.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(means.begin(), bound, means.end());
  return *bound;
}

}  // namespace davy::judge

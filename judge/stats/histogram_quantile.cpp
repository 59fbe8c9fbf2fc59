#include "judge/stats/histogram_quantile.hpp"

#include <numeric>

namespace davy::judge {

std::optional<double> histogram_quantile(double quantile, std::span<const double> bounds,
                                         std::span<const double> counts) {
  if (bounds.size() < 2 || counts.size() != bounds.size()) return std::nullopt;
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (!(total > 0)) return std::nullopt;
  const double rank = quantile * total;
  const std::size_t last = bounds.size() - 1;
  std::size_t bin = 0;
  double below = 0;  // observations in the bins before this one
  while (bin < last && below + counts[bin] < rank) below += counts[bin++];
  if (bin == last) return bounds[last - 1];
  if (bin == 0 && bounds[0] <= 0) return bounds[0];
  const double lower = bin == 0 ? 0 : bounds[bin - 1];
  if (!(counts[bin] > 0)) return lower;
  return lower + (bounds[bin] - lower) * (rank - below) / counts[bin];
}

}  // namespace davy::judge

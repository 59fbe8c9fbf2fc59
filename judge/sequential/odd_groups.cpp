#include "judge/sequential/odd_groups.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {
namespace {

constexpr double rate_factor = 2;
constexpr double z_min = 4;
constexpr std::size_t stay_min = 4;
constexpr std::size_t one_in = 5;

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

std::vector<std::size_t> odd_groups(std::span<const GroupTick> history) {
  const std::size_t groups = history.empty() ? 0 : history.front().groups.size();
  if (groups <= stay_min) return {};
  std::vector<Counts> sums(groups);
  for (const GroupTick& tick : history) {
    for (std::size_t k = 0; k < groups; ++k) {
      sums[k].total += tick.groups[k].total;
      sums[k].bad += tick.groups[k].bad;
    }
  }
  std::vector<double> rates;
  for (const Counts& sum : sums)
    if (sum.total > 0) rates.push_back(sum.bad / sum.total);
  if (rates.size() <= stay_min) return {};
  const double median = median_of(rates);
  std::vector<std::pair<double, std::size_t>> odd;
  for (std::size_t k = 0; k < groups; ++k) {
    const Counts& sum = sums[k];
    if (!(sum.total > 0) || sum.bad / sum.total <= rate_factor * median) continue;
    const double usual = std::max(median * sum.total, 0.5);
    const double z = (sum.bad - usual) / std::sqrt(2 * usual);
    if (z > z_min) odd.emplace_back(z, k);
  }
  std::sort(odd.rbegin(), odd.rend());
  odd.resize(std::min({odd.size(), groups / one_in, groups - stay_min}));
  std::vector<std::size_t> out;
  for (const auto& [z, k] : odd) out.push_back(k);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace davy::judge

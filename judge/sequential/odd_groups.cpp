#include "judge/sequential/odd_groups.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace davy::judge {
namespace {

constexpr double rate_factor_min = 2;
constexpr double spreads = 3.5;  // how far out of the others' spread, in its standard deviations
constexpr double z_min = 4;
constexpr std::size_t stay_min = 4;
constexpr std::size_t one_in = 5;
// Ill for good, not once: in so many of so many parts of the history.
constexpr std::size_t parts = 4;
constexpr std::size_t ill_parts_min = 3;

using Sums = std::vector<Counts>;  // per group

Sums sums_of(std::span<const GroupTick> ticks, std::size_t groups) {
  Sums sums(groups);
  for (const GroupTick& tick : ticks) {
    for (std::size_t k = 0; k < groups; ++k) {
      sums[k].total += tick.groups[k].total;
      sums[k].bad += tick.groups[k].bad;
    }
  }
  return sums;
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// The rate from which on a group does not belong to the others, and their median.
struct Usual {
  double median = 0;
  double highest = 0;
};

std::optional<Usual> usual_rates(const Sums& sums) {
  std::vector<double> rates;
  for (const Counts& sum : sums)
    if (sum.total > 0) rates.push_back(sum.bad / sum.total);
  if (rates.size() <= stay_min) return std::nullopt;
  Usual usual;
  usual.median = median_of(rates);
  usual.highest = rate_factor_min * usual.median;
  if (!(usual.median > 0)) return usual;
  // The median absolute deviation of the log rates, as a standard deviation (Hampel 1974).
  std::vector<double> deviations;
  for (const double rate : rates)
    deviations.push_back(rate > 0 ? std::abs(std::log(rate / usual.median)) : spreads);
  constexpr double deviation_of_normal = 1.4826;
  const double spread = deviation_of_normal * median_of(deviations);
  usual.highest = usual.median * std::max(rate_factor_min, std::exp(spreads * spread));
  return usual;
}

double z_of(const Counts& sum, double median) {
  const double expected = std::max(median * sum.total, 0.5);
  return (sum.bad - expected) / std::sqrt(2 * expected);
}

}  // namespace

std::vector<std::size_t> odd_groups(std::span<const GroupTick> history) {
  const std::size_t groups = history.empty() ? 0 : history.front().groups.size();
  if (groups <= stay_min || history.size() < parts) return {};
  const Sums sums = sums_of(history, groups);
  const std::optional<Usual> usual = usual_rates(sums);
  if (!usual) return {};
  std::vector<std::size_t> ill_parts(groups);
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t from = history.size() * part / parts, to = history.size() * (part + 1) / parts;
    const Sums of_part = sums_of(history.subspan(from, to - from), groups);
    for (std::size_t k = 0; k < groups; ++k)
      if (of_part[k].bad > usual->highest * of_part[k].total) ++ill_parts[k];
  }
  std::vector<std::pair<double, std::size_t>> odd;
  for (std::size_t k = 0; k < groups; ++k) {
    const double z = z_of(sums[k], usual->median);
    if (sums[k].bad > usual->highest * sums[k].total && z > z_min && ill_parts[k] >= ill_parts_min)
      odd.emplace_back(z, k);
  }
  std::sort(odd.rbegin(), odd.rend());
  odd.resize(std::min({odd.size(), groups / one_in, groups - stay_min}));
  std::vector<std::size_t> out;
  for (const auto& [z, k] : odd) out.push_back(k);
  std::sort(out.begin(), out.end());
  return out;
}

double difference_of_groups(std::span<const GroupTick> history, const std::vector<std::size_t>& left_out,
                            double phi) {
  const std::size_t groups = history.empty() ? 0 : history.front().groups.size();
  Sums sums = sums_of(history, groups);
  for (auto k = left_out.rbegin(); k != left_out.rend(); ++k)
    sums.erase(sums.begin() + static_cast<std::ptrdiff_t>(*k));
  const Counts all = sum_of(sums);
  if (sums.size() < 2 || !(all.bad > 0)) return 0;
  double pearson = 0;
  for (const Counts& sum : sums) {
    const double expected = all.bad * sum.total / all.total;
    if (expected > 0) pearson += (sum.bad - expected) * (sum.bad - expected) / expected;
  }
  return pearson / static_cast<double>(sums.size() - 1) / phi;
}

}  // namespace davy::judge

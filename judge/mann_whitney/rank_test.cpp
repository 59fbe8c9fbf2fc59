#include "judge/mann_whitney/rank_test.hpp"

#include "judge/mann_whitney/brent.hpp"
#include "judge/stats/normal_quantile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace davy::judge {
namespace {

double count(std::span<const double> values) { return static_cast<double>(values.size()); }

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / count(values);
}

struct RankSum {
  double canary = 0;  // sum of the canary's ranks among both sides, ties sharing their average
  double ties = 0;    // sum of t^3 - t over groups of t equal values
};

RankSum rank_sum(std::span<const double> canary, std::span<const double> baseline, double mu) {
  struct Entry {
    double value;
    bool is_canary;
  };
  std::vector<Entry> all;
  all.reserve(canary.size() + baseline.size());
  for (const double value : canary) all.push_back({value - mu, true});
  for (const double value : baseline) all.push_back({value, false});
  std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) { return a.value < b.value; });
  RankSum sum;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first;
    double canaries = 0;
    for (; last < all.size() && all[last].value == all[first].value; ++last)
      canaries += all[last].is_canary ? 1 : 0;
    const double tied = static_cast<double>(last - first);
    sum.canary += canaries * (static_cast<double>(first + last + 1) / 2);
    sum.ties += tied * tied * tied - tied;
    first = last;
  }
  return sum;
}

double sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

bool is_constant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); });
}

std::vector<double> cleaned(const RankTest& test, std::vector<double> values) {
  if (test.nan_strategy == RankTest::NanStrategy::remove) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
  } else {
    std::replace_if(
        values.begin(), values.end(), [](double value) { return std::isnan(value); }, 0.0);
  }
  return test.outliers == RankTest::Outliers::remove
             ? without_outliers(std::move(values), test.outlier_factor)
             : values;
}

bool same_values(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

std::optional<double> effect_of(const RankTest& test, std::span<const double> canary,
                                std::span<const double> baseline) {
  if (test.effect == RankTest::Effect::cles) return cles(canary, baseline);
  return mean_ratio(canary, baseline);
}

RankClass class_of(const RankTest& test, const Shift& shift, std::optional<double> effect) {
  const double neutral = test.effect == RankTest::Effect::cles ? 0.5 : 1;
  const double bound = test.tolerance * std::fabs(shift.estimate);
  const bool may_rise = test.direction != RankTest::Direction::decrease;
  const bool may_fall = test.direction != RankTest::Direction::increase;
  if (may_rise && shift.lower > bound && (!effect || *effect >= test.allowed_increase.value_or(neutral)))
    return RankClass::high;
  if (may_fall && shift.upper < -bound && (!effect || *effect <= test.allowed_decrease.value_or(neutral)))
    return RankClass::low;
  return RankClass::pass;
}

}  // namespace

std::string_view to_text(RankClass rank_class) {
  switch (rank_class) {
    case RankClass::pass: return "Pass";
    case RankClass::high: return "High";
    case RankClass::low: return "Low";
    case RankClass::nodata: return "Nodata";
    case RankClass::undecidable: return "undecidable";
  }
  return "undecidable";
}

RankResult classify(const RankTest& test, std::vector<double> canary, std::vector<double> baseline) {
  canary = cleaned(test, std::move(canary));
  baseline = cleaned(test, std::move(baseline));
  RankResult result;
  if (canary.empty() || baseline.empty()) {
    result.rank_class = RankClass::nodata;
    return result;
  }
  result.effect = effect_of(test, canary, baseline);
  // Found by search, the ends of an interval around nothing may both lie a hair above zero.
  if (same_values(canary, baseline)) {
    result.rank_class = RankClass::pass;
    return result;
  }
  result.shift = shift_interval(canary, baseline, test.tail);
  if (result.shift) result.rank_class = class_of(test, *result.shift, result.effect);
  return result;
}

std::optional<double> rank_statistic(std::span<const double> canary, std::span<const double> baseline,
                                     double mu, double q) {
  const double m = count(canary);
  const double n = count(baseline);
  const RankSum ranks = rank_sum(canary, baseline, mu);
  const double distance = ranks.canary - m * (m + 1) / 2 - m * n / 2;
  const double variance = m * n / 12 * ((m + n + 1) - ranks.ties / ((m + n) * (m + n - 1)));
  if (!(variance > 0)) return std::nullopt;
  return (distance - 0.5 * sign(distance)) / std::sqrt(variance) - q;
}

std::optional<Shift> shift_interval(std::span<const double> canary, std::span<const double> baseline,
                                    double tail) {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (canary.empty() || baseline.empty() || !std::all_of(canary.begin(), canary.end(), finite) ||
      !std::all_of(baseline.begin(), baseline.end(), finite))
    return std::nullopt;
  const auto [canary_min, canary_max] = std::minmax_element(canary.begin(), canary.end());
  const auto [baseline_min, baseline_max] = std::minmax_element(baseline.begin(), baseline.end());
  const double low = *canary_min - *baseline_max;
  const double high = *canary_max - *baseline_min;
  if (!std::isfinite(low) || !std::isfinite(high)) return std::nullopt;
  if (is_constant(canary) && is_constant(baseline)) return Shift{low, low, low};
  // Not all values tie at any mu, as one side has two distinct ones.
  const auto root = [&](double q) {
    const auto statistic = [&](double mu) { return rank_statistic(canary, baseline, mu, q).value_or(0); };
    if (statistic(low) <= 0) return low;
    if (statistic(high) >= 0) return high;
    return brent_root(statistic, low, high, root_tolerance);
  };
  const double z = normal_quantile(tail);
  return Shift{root(-z), root(0), root(z)};
}

std::optional<double> mean_ratio(std::span<const double> canary, std::span<const double> baseline) {
  const double above = mean(canary);
  const double below = mean(baseline);
  if (above == 0 || below == 0 || !std::isfinite(above / below)) return std::nullopt;
  return above / below;
}

double cles(std::span<const double> canary, std::span<const double> baseline) {
  const double m = count(canary);
  return (2 * rank_sum(canary, baseline, 0).canary - m * (m + 1)) / (2 * m * count(baseline));
}

double percentile(std::span<const double> sorted, double share) {
  const double place = share * (count(sorted) - 1);
  const double below = std::floor(place);
  const std::size_t i = static_cast<std::size_t>(below);
  if (i + 1 >= sorted.size()) return sorted.back();
  return sorted[i] + (place - below) * (sorted[i + 1] - sorted[i]);
}

std::vector<double> without_outliers(std::vector<double> values, double factor) {
  if (values.empty()) return values;
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const double first_quartile = percentile(sorted, 0.25);
  const double third_quartile = percentile(sorted, 0.75);
  const double reach = factor * (third_quartile - first_quartile);
  const double lowest = std::min(percentile(sorted, 0.01), first_quartile - reach);
  const double highest = std::max(percentile(sorted, 0.99), third_quartile + reach);
  std::erase_if(values, [&](double value) { return value < lowest || value > highest; });
  return values;
}

}  // namespace davy::judge

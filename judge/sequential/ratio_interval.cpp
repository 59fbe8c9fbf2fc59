#include "judge/sequential/ratio_interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace davy::judge {
namespace {

constexpr double ratio_min = 0.02;
constexpr double ratio_span = 2500;
const double log_miss = std::log(0.05);

}  // namespace

RatioInterval::RatioInterval() {
  for (std::size_t i = 0; i < points; ++i)
    ratios_[i] = ratio_min * std::pow(ratio_span, static_cast<double>(i) / (points - 1));
}

void RatioInterval::push(const Counts& canary, const Counts& baseline, double inflation) {
  if (!(canary.total > 0) || !(baseline.total > 0) || !(canary.bad + baseline.bad > 0)) return;
  for (std::size_t i = 0; i < points; ++i)
    log_likelihood_[i] += split_log_likelihood(canary.bad, baseline.bad,
                                               canary_share(canary.total, baseline.total, ratios_[i])) /
                          inflation;
}

Interval RatioInterval::interval(double widen) const {
  const double largest = *std::max_element(log_likelihood_.begin(), log_likelihood_.end());
  double sum = 0;
  for (const double log : log_likelihood_) sum += std::exp((log - largest) / widen);
  const double lowest = std::log(sum / points) + log_miss;
  const auto height = [&](std::size_t i) { return (log_likelihood_[i] - largest) / widen; };
  const auto inside = [&](std::size_t i) { return height(i) > lowest; };
  // Linear in ln r between an inside and an outside point.
  const auto crossing = [&](std::size_t in, std::size_t out) {
    const double share = (height(in) - lowest) / (height(in) - height(out));
    return std::exp(std::log(ratios_[in]) + share * (std::log(ratios_[out]) - std::log(ratios_[in])));
  };
  std::size_t first = 0, last = points - 1;
  while (first < last && !inside(first)) ++first;
  while (last > first && !inside(last)) --last;
  Interval interval;
  interval.low = first == 0 ? 0 : crossing(first, first - 1);
  interval.high = last == points - 1 ? std::numeric_limits<double>::infinity() : crossing(last, last + 1);
  return interval;
}

}  // namespace davy::judge

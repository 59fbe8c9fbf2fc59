#include "judge/sequential/reverse_test.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {

void ReverseTest::push_relative(const Counts& canary, const Counts& baseline, double ratio,
                                double inflation) {
  if (!(canary.total > 0) || !(baseline.total > 0) || !(canary.bad + baseline.bad > 0)) return;
  const auto log_likelihood = [&](double r) {
    return split_log_likelihood(canary.bad, baseline.bad, canary_share(canary.total, baseline.total, r));
  };
  const double at_limit = log_likelihood(ratio);
  for (std::size_t j = 0; j < better_count; ++j)
    sums_[j] += (log_likelihood(ratio * better[j]) - at_limit) / inflation;
}

void ReverseTest::push_absolute(const Counts& canary, double limit, double inflation) {
  if (!(canary.total > 0)) return;
  const auto log_likelihood = [&](double p) {
    return split_log_likelihood(canary.bad, canary.total - canary.bad, p);
  };
  const double at_limit = log_likelihood(limit);
  for (std::size_t j = 0; j < better_count; ++j)
    sums_[j] += (log_likelihood(limit * better[j]) - at_limit) / inflation;
}

double ReverseTest::log_value() const {
  const double largest = *std::max_element(sums_.begin(), sums_.end());
  double sum = 0;
  for (const double value : sums_) sum += std::exp(value - largest);
  return largest + std::log(sum / static_cast<double>(better_count));
}

}  // namespace davy::judge

#include "judge/sequential/effects.hpp"

#include <cmath>

namespace davy::judge {

const Effects& log_effect_sizes() {
  static const Effects logs = [] {
    Effects out{};
    for (std::size_t j = 0; j < effect_count; ++j) out[j] = std::log(effect_sizes[j]);
    return out;
  }();
  return logs;
}

double canary_share(double canary_total, double baseline_total, double ratio) {
  return ratio * canary_total / (ratio * canary_total + baseline_total);
}

void share_log_ratios(double bad, double all_bad, double share, Effects& out) {
  const Effects& logs = log_effect_sizes();
  // log(1 + x) for x >= 0: log1p would be slower and no more exact at these sizes.
  for (std::size_t j = 0; j < effect_count; ++j)
    out[j] = bad * logs[j] - all_bad * std::log(1 + (effect_sizes[j] - 1) * share);
}

void relative_log_ratios(const Counts& canary, const Counts& baseline, double ratio, Effects& out) {
  if (!(canary.total > 0) || !(baseline.total > 0) || !(canary.bad + baseline.bad > 0)) {
    out.fill(0);
    return;
  }
  share_log_ratios(canary.bad, canary.bad + baseline.bad, canary_share(canary.total, baseline.total, ratio),
                   out);
}

void absolute_log_ratios(const Counts& canary, double limit, Effects& out) {
  if (!(canary.total > 0)) {
    out.fill(0);
    return;
  }
  share_log_ratios(canary.bad, canary.total, limit, out);
}

double split_log_likelihood(double bad, double other, double share) {
  // 0 ln 0 is 0.
  const double here = bad > 0 ? bad * std::log(share) : 0;
  const double there = other > 0 ? other * std::log1p(-share) : 0;
  return here + there;
}

}  // namespace davy::judge

#include "bench/detection/oracle.hpp"

#include <algorithm>
#include <cmath>

namespace davy::bench {
namespace {

constexpr double alpha = 0.01;
constexpr double least_error = 0.001;
constexpr double most_error = 0.999;
constexpr double slack_s = 1e-6;  // lengths of uneven ticks are rounded

double healthy_error(OracleKind kind, double base) {
  if (kind == OracleKind::base) return std::max(base, least_error);
  return std::min(std::max(1.5 * base, base + 0.005), std::max(0.01, base));
}

}  // namespace

Oracle::Oracle(OracleKind kind, const Truth& truth)
    : kind_(kind),
      onset_s_(truth.onset_s),
      healthy_(healthy_error(kind, truth.base_error)),
      troubled_(std::min(most_error, truth.troubled(truth.base_error))) {
  if (troubled_ <= healthy_) return;
  per_error_ = std::log(troubled_ / healthy_);
  per_success_ = std::log1p(-troubled_) - std::log1p(-healthy_);
}

Detection Oracle::run(const Stream& stream) {
  if (troubled_ <= healthy_) return {};
  double evidence = 0;
  double t = 0;
  for (int tick = stream.history_ticks; tick < stream.ticks(); ++tick) {
    const auto i = static_cast<std::size_t>(tick);
    const bool after_onset = t >= onset_s_ - slack_s;
    t += stream.length_s[i];
    if (!after_onset) continue;
    evidence += stream.canary_e[i] * per_error_ + (stream.canary_n[i] - stream.canary_e[i]) * per_success_;
    if (evidence >= -std::log(alpha)) return {true, t};
  }
  return {};
}

}  // namespace davy::bench

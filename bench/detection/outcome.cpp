#include "bench/detection/outcome.hpp"

#include <algorithm>
#include <cmath>

namespace davy::bench {

double Outcome::fired() const { return detected() + early_share(); }

double Outcome::detected() const { return static_cast<double>(delays_s.size()) / runs; }

double Outcome::early_share() const { return static_cast<double>(early) / runs; }

std::optional<double> Outcome::quantile(double q) const {
  const auto rank = static_cast<std::size_t>(q * runs);
  if (rank >= delays_s.size()) return std::nullopt;
  return delays_s[rank];
}

Outcome outcome_of(std::span<const Detection> detections, const Truth& truth) {
  Outcome outcome;
  outcome.runs = static_cast<int>(detections.size());
  for (const Detection& detection : detections) {
    if (!detection.fired) continue;
    if (detection.at_s > truth.onset_s)
      outcome.delays_s.push_back(detection.at_s - truth.onset_s);
    else
      ++outcome.early;
  }
  std::sort(outcome.delays_s.begin(), outcome.delays_s.end());
  return outcome;
}

double share_error(double share, int runs) { return std::sqrt(share * (1 - share) / runs); }

}  // namespace davy::bench

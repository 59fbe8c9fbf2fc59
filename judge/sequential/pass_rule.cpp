#include "judge/sequential/pass_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace davy::judge {
namespace {

// Kullback and Leibler's divergence of Bernoulli rates, per request.
double divergence(double p, double limit) {
  const double bad = p > 0 ? p * std::log(p / limit) : 0;
  return bad + (1 - p) * std::log((1 - p) / (1 - limit));
}

}  // namespace

std::optional<double> requests_needed(const Finding& finding, const SequentialStory& story) {
  std::optional<double> needed;
  const std::optional<double> usual = finding.baseline.value ? finding.baseline.value : finding.canary.value;
  if (story.check.kind == CheckKind::ratio && finding.limit && usual && *finding.limit < 1) {
    const double per_request = *usual < *finding.limit ? divergence(*usual, *finding.limit) : 0;
    // Rounding makes nothing, or less, of a very small one.
    if (!(per_request > 0)) return std::numeric_limits<double>::infinity();
    needed = log_sure_inside * std::max(1.0, story.evidence.phi) / per_request;
  }
  constexpr double telling = 0.3;  // nats, below which the evidence so far promises nothing
  if (story.evidence.log_inside && *story.evidence.log_inside > telling)
    needed =
        std::max(needed.value_or(0), finding.canary.samples * log_sure_inside / *story.evidence.log_inside);
  return needed;
}

}  // namespace davy::judge

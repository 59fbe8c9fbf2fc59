#include "judge/mann_whitney/mann_whitney.hpp"

#include "judge/mann_whitney/mann_whitney_sentence.hpp"
#include "judge/stats/location_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace davy::judge {
namespace {

constexpr double max_tail = 0.02;  // one-sided, so 98%

// The test takes its numbers in units in which root_tolerance is small, and error ratios are not: they are
// blown up until the largest is a thousand.
std::optional<double> magnification(const std::vector<double>& canary, const std::vector<double>& baseline) {
  double largest = 0;
  for (const auto* values : {&canary, &baseline}) {
    for (const double value : *values) largest = std::max(largest, std::fabs(value));
  }
  if (largest == 0) return 1;
  const double factor = 1000 / largest;
  return std::isfinite(factor) && factor > 0 ? std::optional(factor) : std::nullopt;
}

// Whether the canary is higher; by how much it may be is for the check's limits to say.
RankResult rank(std::vector<double> canary, std::vector<double> baseline) {
  const std::optional<double> factor = magnification(canary, baseline);
  if (!factor) return {};
  for (double& value : canary) value *= *factor;
  for (double& value : baseline) value *= *factor;
  RankTest test;
  test.direction = RankTest::Direction::increase;
  test.allowed_increase = -std::numeric_limits<double>::infinity();
  RankResult result = classify(test, std::move(canary), std::move(baseline));
  if (!result.shift) return result;
  // What the search for the interval's end cannot tell from zero is not an increase.
  if (result.shift->lower <= root_tolerance && result.rank_class == RankClass::high)
    result.rank_class = RankClass::pass;
  for (double* end : {&result.shift->lower, &result.shift->estimate, &result.shift->upper}) *end /= *factor;
  return result;
}

class MannWhitney final : public Comparison {
 public:
  explicit MannWhitney(const Check& check) : check_(check) {}

  Finding compare(const Window& window) override {
    RankReading reading;
    reading.points = minute_points(window, check_);
    Finding finding = numbers(reading.points);
    const bool compares = check_.max_increase.has_value();
    const bool canary_ready = has_enough(reading.points.canary, points_min);
    const bool baseline_ready = has_enough(reading.points.baseline, points_min);
    const std::optional<double> baseline = baseline_ready ? finding.baseline.value : std::nullopt;
    if (compares && canary_ready && baseline_ready)
      reading.test = rank(reading.points.canary.values, reading.points.baseline.values);
    if (check_.max && has_enough(reading.points.canary, points_for_max_min))
      reading.floor = location_lower_bound(reading.points.canary.values, max_tail);
    reading.limits = hold_against_limits(check_, finding.canary.value, baseline);
    reading.limits.over_relative &= reading.test.rank_class == RankClass::high;
    reading.limits.over_absolute = reading.floor && *reading.floor > *check_.max;
    finding.limit = reading.limits.tightest();

    const bool decided =
        canary_ready && (!check_.max || reading.floor) && (!compares || has_answer(reading.test.rank_class));
    if (sees(window.canary) &&
        (reading.limits.over_absolute || (reading.limits.over_relative && sees(window.baseline)))) {
      finding.outcome = Outcome::breach;
      finding.evidence = 1;
      finding.shared_failure = is_shared(check_, reading.limits, *finding.canary.value, baseline);
    } else if (!sees(window.canary) || (compares && !sees(window.baseline))) {
      finding.outcome = Outcome::source_error;
    } else if (decided) {
      finding.outcome = Outcome::healthy;
    } else {
      finding.outcome = Outcome::not_enough_data;
      finding.nothing_seen = !reading.points.warming_up && reading.points.canary.seen == 0;
    }
    finding.sentence = mann_whitney_sentence(check_, finding, reading, window);
    return finding;
  }

 private:
  Finding numbers(const MinutePoints& points) const {
    Finding finding;
    finding.check = check_.name;
    finding.kind = check_.kind;
    finding.severity = check_.severity;
    finding.unit = check_.unit;
    finding.canary = side_value(points.canary);
    finding.baseline = side_value(points.baseline);
    return finding;
  }

  static SideValue side_value(const SidePoints& side) {
    if (side.values.empty()) return {std::nullopt, side.samples};
    return {side.mean(), side.samples};
  }

  bool has_enough(const SidePoints& side, std::size_t points) const {
    return side.values.size() >= points && side.samples >= check_.min_samples;
  }

  Check check_;
};

}  // namespace

std::unique_ptr<Comparison> make_mann_whitney(const Check& check) {
  return std::make_unique<MannWhitney>(check);
}

}  // namespace davy::judge

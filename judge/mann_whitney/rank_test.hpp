#pragma once

// The rank test of Kayenta's judge (NetflixACAJudge-v1.0): has one sample moved against another, and how far?
//
// H. B. Mann and D. R. Whitney, On a test of whether one of two random variables is stochastically larger
// than the other, 1947; the estimate of the shift is that of J. L. Hodges and E. L. Lehmann, 1963, and its
// interval is found as R's wilcox.test(exact = FALSE, correct = TRUE, conf.int = TRUE) finds it. Three things
// differ from Kayenta: where each side has one distinct value they are compared as they are instead of with
// random noise added, what cannot be computed is `undecidable` instead of an exception that lets the canary
// pass, and an empty side is `nodata` and never a pass.
//
// Everything here is in the samples' own unit, in which the ends of an interval are right to root_tolerance:
// what is of that size has to be scaled up first.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace davy::judge {

inline constexpr double root_tolerance = 1e-4;

enum class RankClass { pass, high, low, nodata, undecidable };
std::string_view to_text(RankClass rank_class);
inline bool has_answer(RankClass c) { return c != RankClass::nodata && c != RankClass::undecidable; }

struct Shift {
  double lower = 0, estimate = 0, upper = 0;
};

struct RankTest {
  enum class Direction { increase, decrease, either };
  enum class NanStrategy { remove, replace };  // replace: with zero
  enum class Outliers { keep, remove };
  enum class Effect { mean_ratio, cles };

  Direction direction = Direction::either;
  NanStrategy nan_strategy = NanStrategy::remove;
  Outliers outliers = Outliers::keep;
  double outlier_factor = 3;
  double tolerance = 0.25;  // share of the estimated shift that its interval must be away from zero
  double tail = 0.01;       // the chance that the shift is beyond one end of its interval: 98% between both
  Effect effect = Effect::mean_ratio;
  // In the effect's measure; by default none: 1 for mean_ratio, 0.5 for cles.
  std::optional<double> allowed_increase, allowed_decrease;
};

struct RankResult {
  RankClass rank_class = RankClass::undecidable;
  std::optional<Shift> shift;    // nothing where both sides hold the same values, or undecidable
  std::optional<double> effect;  // nothing where a mean is zero: then it does not hinder any class
};

// A side may be empty, hold NaN, or be constant; no input throws.
RankResult classify(const RankTest& test, std::vector<double> canary, std::vector<double> baseline);

// W(mu, q): the standardised rank sum of (canary - mu) among the baseline, with continuity and tie
// corrections, less q. Nothing where all values tie.
std::optional<double> rank_statistic(std::span<const double> canary, std::span<const double> baseline,
                                     double mu, double q);

// The shift from baseline to canary and its interval. Nothing where a side is empty or a value is not finite.
std::optional<Shift> shift_interval(std::span<const double> canary, std::span<const double> baseline,
                                    double tail);

// mean(canary) / mean(baseline); nothing where one of them is zero or the ratio is not finite.
std::optional<double> mean_ratio(std::span<const double> canary, std::span<const double> baseline);

// The chance that a value of the canary is above one of the baseline (common language effect size).
double cles(std::span<const double> canary, std::span<const double> baseline);

// Linear interpolation between order statistics: type 7 of R. J. Hyndman and Y. Fan, 1996. `sorted` must not
// be empty.
double percentile(std::span<const double> sorted, double share);

// Without what lies outside min(p1, Q1 - f IQR) and max(p99, Q3 + f IQR).
std::vector<double> without_outliers(std::vector<double> values, double factor);

}  // namespace davy::judge

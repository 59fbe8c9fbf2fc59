#pragma once

// The rank test of Kayenta's judge (see rank_test) on one-minute points, for those who know its answers.
//
// The canary breaches max_increase when the test finds its points higher than the baseline's (98% confidence)
// and their means differ by more than the limit allows; it breaches max when the middle of its points is
// above it with 98% confidence. Three minutes are needed on each side that is compared, six for max, and
// min_samples events behind them. What cannot be computed is not enough data. A rank test does not know how
// many events stand behind a point and is asked anew each round: unlike the sequential comparison it does not
// bound the chance of a false breach over a release. It remembers nothing between rounds.

#include "judge/comparison.hpp"

namespace davy::judge {

std::unique_ptr<Comparison> make_mann_whitney(const Check& check);

}  // namespace davy::judge

#pragma once

// Evidence that the canary is inside its limit: tests H0 "at or beyond the limit" against better rates,
// without restarts, so that a large value says "the whole window so far lies inside".

#include "judge/sequential/effects.hpp"

namespace davy::judge {

class ReverseTest {
 public:
  // H0: the canary's rate is at least `ratio` times the baseline's.
  void push_relative(const Counts& canary, const Counts& baseline, double ratio, double inflation);
  // H0: the rate is at least `limit`.
  void push_absolute(const Counts& canary, double limit, double inflation);
  double log_value() const;

 private:
  static constexpr std::size_t better_count = 6;
  static constexpr std::array<double, better_count> better{0.9, 0.8, 0.667, 0.5, 0.3, 0.1};
  std::array<double, better_count> sums_{};
};

}  // namespace davy::judge

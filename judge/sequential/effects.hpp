#pragma once

// The alternatives that every sequential test of this room mixes over, and the log likelihood ratios of one
// tick's counts for each of them.
//
// An effect is a factor on the odds that an event is one of the canary's (relative), or that an event is bad
// (absolute). Counts are events of one tick; all logarithms are natural. Formulas: docs/statistics.md.

#include <array>
#include <cstddef>

namespace davy::judge {

inline constexpr std::size_t effect_count = 12;
using Effects = std::array<double, effect_count>;

inline constexpr Effects effect_sizes{1.2, 1.4, 1.7, 2, 2.5, 3.5, 5, 8, 15, 40, 150, 1000};
inline constexpr Effects effect_weights{2.0 / 38, 3.0 / 38, 4.0 / 38, 5.0 / 38, 5.0 / 38, 4.0 / 38,
                                        4.0 / 38, 3.0 / 38, 3.0 / 38, 2.0 / 38, 2.0 / 38, 1.0 / 38};
const Effects& log_effect_sizes();

// Events and bad events of one side in one tick.
struct Counts {
  double total = 0;
  double bad = 0;
  bool operator==(const Counts&) const = default;
};

// The share of all bad events that falls on the canary when its rate is `ratio` times the baseline's.
double canary_share(double canary_total, double baseline_total, double ratio);

// H0: the canary's rate is at most `ratio` times the baseline's, whatever that is. Zero where a side has no
// events or nobody has bad ones.
void relative_log_ratios(const Counts& canary, const Counts& baseline, double ratio, Effects& out);

// The same for a canary whose share of the bad events under H0 is `share` and that had `bad` of `all_bad`.
void share_log_ratios(double bad, double all_bad, double share, Effects& out);

// H0: the rate is at most `limit` (in (0, 1)).
void absolute_log_ratios(const Counts& canary, double limit, Effects& out);

// The log likelihood of `bad` events on the canary and `other` elsewhere when the canary's share is `share`.
double split_log_likelihood(double bad, double other, double share);

}  // namespace davy::judge

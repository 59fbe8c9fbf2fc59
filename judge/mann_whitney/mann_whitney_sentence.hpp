#pragma once

// The one line that says what the rank test found and why.

#include "core/model/finding.hpp"
#include "judge/mann_whitney/minute_points.hpp"
#include "judge/mann_whitney/rank_test.hpp"
#include "judge/threshold/limits.hpp"

#include <string>

namespace davy::judge {

// Fewer points say nothing: of three against three the test can tell at most that all of one side are higher.
inline constexpr std::size_t points_min = 3;
inline constexpr std::size_t points_for_max_min = 6;  // see location_lower_bound

struct RankReading {
  MinutePoints points;
  LimitReading limits;
  RankResult test;              // undecidable where max_increase is not given or there are too few points
  std::optional<double> floor;  // where the middle of the canary's points is above with 98% confidence
};

// How many points the check needs of the canary.
std::size_t canary_points_min(const Check& check);

// "errors: canary 3.1% on average over 5 minutes (4,120 requests), baseline 0.4% over 5 (41,900); limit
// max_increase 100% (now 0.8%); rank test High, up by 2.1pp to 3.3pp"
std::string mann_whitney_sentence(const Check& check, const Finding& finding, const RankReading& reading,
                                  const Window& window);

}  // namespace davy::judge

#include "judge/threshold/limits.hpp"

#include <algorithm>

namespace davy::judge {

std::optional<double> LimitReading::tightest() const {
  if (absolute && relative) return std::min(*absolute, *relative);
  return absolute ? absolute : relative;
}

LimitReading hold_against_limits(const Check& check, std::optional<double> canary,
                                 std::optional<double> baseline) {
  LimitReading reading;
  reading.absolute = check.max;
  if (check.max_increase && baseline) {
    const bool relative = check.max_increase->kind == Increase::Kind::relative;
    const double allowed = relative ? *baseline * check.max_increase->amount : check.max_increase->amount;
    reading.relative = *baseline + std::max(allowed, check.ignore_increase_below);
  }
  reading.over_absolute = canary && reading.absolute && *canary > *reading.absolute;
  reading.over_relative = canary && reading.relative && *canary > *reading.relative;
  return reading;
}

bool is_shared(const Check& check, const LimitReading& reading, double canary,
               std::optional<double> baseline) {
  if (!reading.over_absolute || !baseline || !(*baseline > *check.max)) return false;
  if (check.max_increase) return !reading.over_relative;
  constexpr double clearly_worse = 1.5;
  return canary <= *baseline * clearly_worse;
}

}  // namespace davy::judge

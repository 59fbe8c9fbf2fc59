#pragma once

// A check's limits held against two values.

#include "core/model/check.hpp"

#include <optional>

namespace davy::judge {

struct LimitReading {
  std::optional<double> absolute;  // the limit itself
  std::optional<double>
      relative;  // the limit that the baseline's value gives now; empty when it is not known
  bool over_absolute = false;
  bool over_relative = false;
  bool over() const { return over_absolute || over_relative; }
  std::optional<double> tightest() const;
};

// A relative limit is exceeded only by an increase of at least ignore_increase_below.
LimitReading hold_against_limits(const Check& check, std::optional<double> canary,
                                 std::optional<double> baseline);

// The baseline is over the absolute limit too, and the canary is not clearly worse than it: an outage of
// something both depend on. Clearly worse is what max_increase says, or half as much again where it says
// nothing.
bool is_shared(const Check& check, const LimitReading& reading, double canary,
               std::optional<double> baseline);

}  // namespace davy::judge

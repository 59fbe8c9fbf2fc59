#pragma once

// What really happens in a cell, which an oracle is told and a table shows: the error rate before, the
// canary's trouble and when it begins; and what the policy of the cell allows.

#include "bench/detection/scenario.hpp"

#include <string>

namespace davy::bench {

struct Truth {
  double base_error = 0;
  // The canary from onset_s on: base * multiplier + addend, or every request when all_fail.
  double multiplier = 1;
  double addend = 0;
  bool all_fail = false;
  int onset_s = 0;
  double tolerance = 1;  // of a latency: the canary's may be this many times the baseline's

  bool healthy() const { return multiplier == 1 && addend == 0 && !all_fail; }
  // The rate of a canary in trouble whose rate would otherwise be `error_rate`.
  double troubled(double error_rate) const;

  bool operator==(const Truth&) const = default;
};

Truth truth_of(const Scenario& scenario);
// "none", "x1.5", "+1pp", "100%".
std::string effect_of(const Truth& truth);

}  // namespace davy::bench

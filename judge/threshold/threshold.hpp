#pragma once

// Fixed limits with a guard against small numbers: the comparison that peers use, with its usual holes
// closed.
//
// Each round the newest stretch of the window (see span) gives one value a side. The canary breaches when its
// value is over a limit in `confirmations` rounds in a row, with at least min_samples events on every side
// that is compared. It does not control the chance of a false rollback; the sequential comparison does.

#include "judge/comparison.hpp"

namespace davy::judge {

std::unique_ptr<Comparison> make_threshold(const Check& check);

}  // namespace davy::judge

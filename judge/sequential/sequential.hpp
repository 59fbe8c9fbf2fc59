#pragma once

// The comparison that can be looked at after every tick and still accuses a healthy canary at most as often
// as the policy allows, over the whole window.
//
// Each tick is evidence for or against "within every limit"; a breach is certain at 1 / alpha, and a pass
// when the opposite is as certain as 1 / beta. What it needs to know about the service - how bursty errors
// are, how instances differ - it learns from the baseline's own control groups, best over five minutes before
// the deploy. State: at most sequential_state_bytes_max. Mathematics: docs/statistics.md.

#include "judge/comparison.hpp"

namespace davy::judge {

std::unique_ptr<Comparison> make_sequential(const Check& check);

}  // namespace davy::judge

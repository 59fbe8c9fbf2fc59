#pragma once

// When a canary is known to be inside its limits, and how much it takes to know.

#include "core/model/finding.hpp"
#include "judge/sequential/sequential_story.hpp"

#include <optional>

namespace davy::judge {

inline constexpr double log_sure_inside = 2.995732273553991;  // ln(1 / 5%)

// The canary's requests after which a canary like the baseline is expected to be known inside: ln(1 / beta)
// over the divergence of the limit from the baseline's rate (Wald 1947), or what the evidence so far promises
// when it is more. Infinite when the baseline itself is at the limit; nothing when nothing is known.
std::optional<double> requests_needed(const Finding& finding, const SequentialStory& story);

}  // namespace davy::judge

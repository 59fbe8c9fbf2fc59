#pragma once

// The one line that says what a check found and why.

#include "core/model/finding.hpp"
#include "judge/threshold/limits.hpp"
#include "judge/threshold/span.hpp"

#include <string>

namespace davy::judge {

// "errors: canary 3.1% of 4,120 requests, baseline 0.4% of 41,900; limit 5% and at most twice the baseline;
// over it for 10 s"
std::string threshold_sentence(const Check& check, const Finding& finding, const LimitReading& reading,
                               const Span& span, const Window& window);

// "does not expose its series; ...", or what the asked server says of them.
std::string unexposed_text(const SideSight& side);

// "latency p99".
std::string checked_name(const Check& check);

// "cannot see the canary: 0 of 1 targets answer (...)"; of the baseline where the canary is seen.
std::string blind_text(const Window& window);

// "max 5% and max_increase 100%".
std::string limits_text(const Check& check);

}  // namespace davy::judge

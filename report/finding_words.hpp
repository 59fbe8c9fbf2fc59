#pragma once

// A finding's numbers in words, the same in every format; an empty text where there is nothing to say.

#include "core/model/finding.hpp"

#include <string>

namespace davy::report {

std::string value_text(const SideValue& side, Unit unit);  // "3.1% of 4,120", "nothing"
std::string limit_text(const Finding& finding);            // "0.8%", "none"
std::string interval_text(const std::optional<std::pair<double, double>>& times);  // "3.2 to 18"
std::string p_value_text(std::optional<double> p);                                 // "below 0.0001"

// One line: "canary 3.1% of 4,120; baseline 0.4% of 41,900; limit 0.8%; ...".
std::string describe(const Finding& finding);

}  // namespace davy::report

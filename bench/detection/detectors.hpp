#pragma once

// Who takes part: the columns of the tables. A new judge is one line here.

#include "bench/detection/runner.hpp"
#include "bench/detection/table.hpp"

#include <vector>

namespace davy::bench {

// Without the oracles for healthy cells, where they have nothing to know.
std::vector<DetectorFactory> detectors_for(bool healthy);
// The judge with and without its refinements.
std::vector<DetectorFactory> refinements_for(bool healthy);

// Who is held against which oracle, when both take part.
const std::vector<OracleRatio>& oracle_ratios();

}  // namespace davy::bench

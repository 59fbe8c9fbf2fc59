#pragma once

// Davy's own judge as a detector, under the two policies of the tables.
//
//   REC      tolerance 1.0: a healthy canary sits exactly on the limit
//   POL      the default policy: 1.5x and +0.5pp, and 1% absolute
//   -cold    without the history before the deploy
//   -plain   without the refinements of docs/statistics.md

#include "bench/detection/detector.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace davy::bench {

// Those of the tables.
const std::vector<std::string_view>& judge_names();
// Throws std::invalid_argument for another name.
std::unique_ptr<Detector> make_judge(std::string_view name);

}  // namespace davy::bench

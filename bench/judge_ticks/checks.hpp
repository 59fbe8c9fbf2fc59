#pragma once

// The policy a file is judged by: its own limits where it has some, otherwise one default for each kind of
// data. Errors may rise by half and half a point; the median and the p99 of a latency, and every gauge, by
// half. A gauge that is better when it is higher is judged by what is missing to the best value.

#include "bench/judge_ticks/tick_file.hpp"
#include "core/model/check.hpp"

#include <string_view>
#include <vector>

namespace davy::judge_ticks {

struct FilePolicy {
  std::vector<Check> checks;
  double confidence = 0.99;
};

// tick_s: the usual length of the file's ticks.
FilePolicy policy_for(const TickFile& file, double tick_s);

// The reading of the gauge that the check named by this key judges: higher is worse.
double judged_reading(std::string_view gauge, double value);

}  // namespace davy::judge_ticks

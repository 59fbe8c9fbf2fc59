#pragma once

// The promises of the judge, held against tables of any number of runs: what --quick asserts, and what the
// full tables state at their end. A bound is widened by three standard deviations of the runs it is measured
// with, so that a healthy build fails about once in a thousand.

#include "bench/detection/table.hpp"

#include <map>
#include <string>
#include <vector>

namespace davy::bench {

struct Headline {
  std::string text;  // what was measured against which bound
  bool holds = false;
};

// Tables by the name of their suite; those that are absent are not spoken of.
std::vector<Headline> headlines(const std::map<std::string, Table>& tables);

}  // namespace davy::bench

#pragma once

// The table of the gauge benchmark.
//
//   gauges  how often, and when, the judge finds a canary whose gauge may be 20% above the baseline's

#include "bench/detection/gauge_stream.hpp"
#include "bench/detection/suites.hpp"

namespace davy::bench {

std::vector<SuiteOf<GaugeStream>> gauge_suites();

}  // namespace davy::bench

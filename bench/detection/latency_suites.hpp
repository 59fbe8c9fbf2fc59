#pragma once

// The tables of the latency benchmark: a limit on how much slower the canary's p99 may be than the
// baseline's.
//
//   latency-false  false rollbacks where the canary is within the tolerance, at its very edge included
//   latency-time   seconds to rollback where it is not

#include "bench/detection/latency_stream.hpp"
#include "bench/detection/suites.hpp"

namespace davy::bench {

std::vector<SuiteOf<LatencyStream>> latency_suites();

}  // namespace davy::bench

#pragma once

// Davy's own judge on latency streams, as the column REC: p99 at most `tolerance` times the baseline's,
// however small the increase, at 1%.

#include "bench/detection/detector.hpp"
#include "bench/detection/latency_stream.hpp"

#include <memory>

namespace davy::bench {

std::unique_ptr<DetectorOf<LatencyStream>> make_latency_judge(double tolerance);

}  // namespace davy::bench

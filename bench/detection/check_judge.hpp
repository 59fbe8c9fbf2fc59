#pragma once

// Davy's own judge on streams of latencies and of gauges: what the daemon's comparison does with a check,
// tick by tick from its sampler to its test.

#include "bench/detection/detector.hpp"
#include "bench/detection/gauge_stream.hpp"
#include "bench/detection/latency_stream.hpp"
#include "core/model/check.hpp"

#include <memory>

namespace davy::bench {

// p99 at most `tolerance` times the baseline's, however small the increase, at 1%.
Check p99_check(double tolerance);
// A gauge at most `max_increase` above the baseline's, as a share of it, at 1%.
Check gauge_check(double max_increase);

std::unique_ptr<DetectorOf<LatencyStream>> make_latency_judge(std::string_view name, const Check& check);
std::unique_ptr<DetectorOf<GaugeStream>> make_gauge_judge(std::string_view name, const Check& check);

}  // namespace davy::bench

#pragma once

// A latency stream as a tool with one-minute points sees it: the p99 of whole minutes after the deploy.

#include "bench/detection/latency_stream.hpp"

#include <optional>
#include <vector>

namespace davy::bench {

// In seconds; nothing where there were no requests.
struct LatencyMinute {
  std::optional<double> canary_p99;
  std::optional<double> baseline_p99;  // all pods together
};

// Overwrites `minutes` with those of the window. A minute must be a whole number of ticks.
void fill_minutes(const LatencyStream& stream, std::vector<LatencyMinute>& minutes);

}  // namespace davy::bench

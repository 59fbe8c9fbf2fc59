#pragma once

// Holds the scenario list and run 0 of every scenario against the file the benchmark was published with
// (benchmark_scenarios.csv): the columns, the seed, the four sums and the digest of every count.

#include "bench/detection/stream.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace davy::bench {

// FNV-1a over the counts as 64-bit little-endian words: tick by tick, the canary's requests and errors, then
// those of each baseline pod. The published digests start from 1469598103934665603, a digit short of FNV's
// offset basis.
std::uint64_t digest_of(const Stream& stream);

struct StreamCheck {
  int scenarios = 0;                    // compared
  std::vector<std::string> mismatches;  // a line for each scenario that differs
};

// Throws std::runtime_error when the file cannot be read.
StreamCheck check_streams(const std::string& csv_path);

}  // namespace davy::bench

#pragma once

// Buckets put together into histograms, one scrape of one target at a time, and only those that make sense:
// every le a number, +Inf there, no bucket below the one before it. What does not is rejected with its
// reason, never repaired.

#include "core/base/result.hpp"
#include "core/model/target.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace davy::collector {

using Layout = std::shared_ptr<const std::vector<double>>;  // upper bounds, ascending, +Inf last

struct BucketSample {
  std::uint64_t group = 0;
  Side side = Side::canary;
  std::size_t member = 0;
  std::size_t slice = 0;
  double bound = 0;
  double now = 0;                // the running total
  std::optional<double> gained;  // cumulative, since the last good scrape
  bool is_new = false;
};

// One histogram of one scrape. `gained` is cumulative and parallel to the layout; empty when it cannot be
// said.
struct HistogramGroup {
  Side side = Side::canary;
  std::size_t member = 0;
  std::size_t slice = 0;
  std::vector<double> bounds;
  std::vector<double> gained;
};

inline constexpr std::size_t bounds_max = 512;

// Consumes `samples`. `rejected` is set to the reason when one is rejected.
std::vector<HistogramGroup> group_buckets(std::vector<BucketSample>& samples, std::optional<Error>& rejected);

// The bounds that all layouts share: counts below a shared bound are exact whatever lies between.
std::vector<double> shared_bounds(const std::vector<Layout>& layouts);

}  // namespace davy::collector

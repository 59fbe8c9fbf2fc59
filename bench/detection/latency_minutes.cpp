#include "bench/detection/latency_minutes.hpp"

#include "judge/stats/histogram_quantile.hpp"

#include <cmath>
#include <limits>

namespace davy::bench {
namespace {

constexpr double minute_s = 60;
constexpr double quantile = 0.99;

void add(std::span<const int> buckets, std::vector<double>& sum) {
  for (std::size_t i = 0; i < buckets.size(); ++i) sum[i] += buckets[i];
}

}  // namespace

void fill_minutes(const LatencyStream& stream, std::vector<LatencyMinute>& minutes) {
  minutes.clear();
  const auto ticks_a_minute = static_cast<int>(std::lround(minute_s / stream.tick_s));
  std::vector<double> bounds = stream.edges;
  bounds.push_back(std::numeric_limits<double>::infinity());
  std::vector<double> canary, baseline;
  for (int first = stream.history_ticks; first + ticks_a_minute <= stream.ticks(); first += ticks_a_minute) {
    canary.assign(bounds.size(), 0);
    baseline.assign(bounds.size(), 0);
    for (int tick = first; tick < first + ticks_a_minute; ++tick) {
      add(stream.buckets_of_canary(tick), canary);
      for (int k = 0; k < stream.groups; ++k) add(stream.buckets_of(tick, k), baseline);
    }
    minutes.push_back({judge::histogram_quantile(quantile, bounds, canary),
                       judge::histogram_quantile(quantile, bounds, baseline)});
  }
}

}  // namespace davy::bench

#pragma once

// One simulated deploy with latency histograms: for every tick and pod the requests of each bucket, those
// above the last edge last. Otherwise like Stream: history first, a canary that serves nothing before the
// deploy, one object for any number of runs.
//
// The order of draws: hetero's normals, the canary first; then tick by tick and pod by pod, the canary first
// once it is deployed: pause's uniform; the requests; when pausing, how many of them are slow; the counts
// above the edges as successive binomials, of the usual requests and then of the slow ones.

#include "bench/detection/latency_scenario.hpp"
#include "bench/detection/random.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace davy::bench {

struct LatencyStream {
  int history_ticks = 0;
  int window_ticks = 0;
  double tick_s = 5;
  int warm_up_ticks = 0;      // of the window, in which a canary may be slow
  int groups = 0;             // baseline pods
  std::vector<double> edges;  // seconds, ascending
  std::vector<int> canary;    // tick-major: buckets_of_canary(tick)
  std::vector<int> baseline;  // tick-major, then by pod: buckets_of(tick, pod)

  int ticks() const { return history_ticks + window_ticks; }
  std::size_t buckets() const { return edges.size() + 1; }
  std::span<int> buckets_of_canary(int tick) {
    return std::span(canary).subspan(static_cast<std::size_t>(tick) * buckets(), buckets());
  }
  std::span<int> buckets_of(int tick, int pod) {
    return std::span(baseline).subspan(static_cast<std::size_t>(tick * groups + pod) * buckets(), buckets());
  }
  std::span<const int> buckets_of_canary(int tick) const {
    return std::span(canary).subspan(static_cast<std::size_t>(tick) * buckets(), buckets());
  }
  std::span<const int> buckets_of(int tick, int pod) const {
    return std::span(baseline).subspan(static_cast<std::size_t>(tick * groups + pod) * buckets(), buckets());
  }
  void resize();

  bool operator==(const LatencyStream&) const = default;
};

class LatencyStreams {
 public:
  explicit LatencyStreams(const LatencyScenario& scenario);

  void fill(int run, LatencyStream& stream);

 private:
  // The chance that a request above one edge is above the next too, for requests slowed down by `scale`.
  struct Ratios {
    double scale = 0;
    std::vector<double> above;  // ends where hardly a request is left
  };
  struct Pod {
    double multiplier = 1;
    Ratios usual, slow;
  };

  double scale_of(int pod, double start_s) const;
  void prepare(Ratios& ratios, double scale) const;
  void draw_pod(Random& random, Pod& pod, double scale, std::span<int> buckets) const;

  LatencyScenario scenario_;
  std::vector<double> edges_;
  std::vector<Pod> pods_;  // the canary first
};

}  // namespace davy::bench

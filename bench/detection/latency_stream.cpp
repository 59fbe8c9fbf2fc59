#include "bench/detection/latency_stream.hpp"

#include <algorithm>
#include <cmath>

namespace davy::bench {
namespace {

constexpr double negligible = 1e-12;
constexpr double hetero_sd = 0.1;
constexpr double pause_chance = 0.05;
constexpr double paused_share = 0.3;
constexpr double pause_scale = 4;
constexpr double warm_up_s = 60;
constexpr double warm_up_scale = 1.5;

// Adds the requests to the buckets they fall into.
void draw_buckets(Random& random, int requests, const std::vector<double>& above, std::span<int> buckets) {
  int left = requests;
  for (std::size_t i = 0; i < above.size(); ++i) {
    const int slower = random.binomial(left, above[i]);
    buckets[i] += left - slower;
    left = slower;
  }
  buckets[above.size()] += left;
}

}  // namespace

void LatencyStream::resize() {
  const auto all_ticks = static_cast<std::size_t>(ticks());
  canary.assign(all_ticks * buckets(), 0);
  baseline.assign(all_ticks * static_cast<std::size_t>(groups) * buckets(), 0);
}

LatencyStreams::LatencyStreams(const LatencyScenario& scenario)
    : scenario_(scenario),
      edges_(edges_of(scenario.buckets)),
      pods_(static_cast<std::size_t>(scenario.baseline_pods + 1)) {}

void LatencyStreams::fill(int run, LatencyStream& stream) {
  stream.history_ticks = scenario_.history_ticks;
  stream.window_ticks = scenario_.window_ticks;
  stream.tick_s = scenario_.tick_s;
  stream.warm_up_ticks = scenario_.condition == LatencyCondition::warm_up
                             ? static_cast<int>(std::ceil(warm_up_s / scenario_.tick_s))
                             : 0;
  stream.groups = scenario_.baseline_pods;
  stream.edges = edges_;
  stream.resize();
  Random random(seed_of(scenario_, run));
  for (Pod& pod : pods_)
    pod.multiplier =
        scenario_.condition == LatencyCondition::hetero ? std::exp(hetero_sd * random.normal()) : 1;
  for (int tick = 0; tick < stream.ticks(); ++tick) {
    const double start_s = (tick - scenario_.history_ticks) * scenario_.tick_s;
    for (int k = start_s < 0 ? 1 : 0; k <= scenario_.baseline_pods; ++k)
      draw_pod(random, pods_[static_cast<std::size_t>(k)], scale_of(k, start_s),
               k == 0 ? stream.buckets_of_canary(tick) : stream.buckets_of(tick, k - 1));
  }
}

double LatencyStreams::scale_of(int pod, double start_s) const {
  double scale = pods_[static_cast<std::size_t>(pod)].multiplier;
  if (pod == 0 && start_s >= scenario_.onset_s) scale *= scenario_.shift;
  if (scenario_.condition == LatencyCondition::shock && start_s >= 120 && start_s < 180) scale *= 3;
  if (scenario_.condition == LatencyCondition::warm_up && pod == 0 && start_s < warm_up_s)
    scale *= warm_up_scale;
  return scale;
}

void LatencyStreams::prepare(Ratios& ratios, double scale) const {
  if (ratios.scale == scale) return;
  ratios.scale = scale;
  ratios.above.clear();
  double before = 1;
  for (const double edge : edges_) {
    const double now = survival(scenario_.distribution, edge / scale);
    if (now < negligible) break;
    ratios.above.push_back(std::min(1.0, now / before));
    before = now;
  }
}

void LatencyStreams::draw_pod(Random& random, Pod& pod, double scale, std::span<int> buckets) const {
  const bool pauses = scenario_.condition == LatencyCondition::pause && random.uniform() < pause_chance;
  const int requests = random.poisson(scenario_.rps * scenario_.tick_s);
  const int slow = pauses ? random.binomial(requests, paused_share) : 0;
  prepare(pod.usual, scale);
  draw_buckets(random, requests - slow, pod.usual.above, buckets);
  if (slow == 0) return;
  prepare(pod.slow, scale * pause_scale);
  draw_buckets(random, slow, pod.slow.above, buckets);
}

}  // namespace davy::bench

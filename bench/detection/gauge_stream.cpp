#include "bench/detection/gauge_stream.hpp"

#include "bench/detection/random.hpp"

#include <cmath>

namespace davy::bench {
namespace {

constexpr double fleet_level = 0.5;
constexpr double memory_of_s = 5;

}  // namespace

std::vector<GaugeScenario> gauge_scenarios() {
  std::vector<GaugeScenario> list;
  for (const double members_sd : {0.0, 0.1}) {
    for (const double memory : {0.0, 0.8, 0.95}) {
      for (const double shift : {1.0, 1.2, 1.5, 2.0}) {
        GaugeScenario scenario;
        scenario.id = static_cast<int>(list.size()) + 1;
        scenario.memory = memory;
        scenario.members_sd = members_sd;
        scenario.shift = shift;
        list.push_back(scenario);
      }
    }
  }
  return list;
}

std::uint64_t seed_of(const GaugeScenario& scenario, int run) {
  return std::uint64_t{9000011} * static_cast<std::uint64_t>(scenario.id) + static_cast<std::uint64_t>(run);
}

void GaugeStreams::fill(int run, GaugeStream& stream) {
  stream.history_ticks = scenario_.history_ticks;
  stream.window_ticks = scenario_.window_ticks;
  stream.tick_s = scenario_.tick_s;
  stream.groups = scenario_.baseline_pods;
  stream.canary.assign(static_cast<std::size_t>(stream.ticks()), 0);
  stream.baseline.assign(stream.cell(stream.ticks(), 0), 0);
  Random random(seed_of(scenario_, run));
  pods_.assign(static_cast<std::size_t>(scenario_.baseline_pods + 1), Pod{});
  for (Pod& pod : pods_) {
    pod.level = fleet_level * (1 + scenario_.members_sd * random.normal());
    pod.deviation = random.normal();
  }
  const double kept = std::pow(scenario_.memory, scenario_.tick_s / memory_of_s);
  const double fresh = std::sqrt(1 - kept * kept);
  for (int tick = 0; tick < stream.ticks(); ++tick) {
    for (int k = 0; k <= stream.groups; ++k) {
      Pod& pod = pods_[static_cast<std::size_t>(k)];
      pod.deviation = kept * pod.deviation + fresh * random.normal();
      const double reading = pod.level * (1 + scenario_.sd * pod.deviation);
      if (k > 0)
        stream.baseline[stream.cell(tick, k - 1)] = reading;
      else if (tick >= stream.history_ticks)
        stream.canary[static_cast<std::size_t>(tick)] = reading * scenario_.shift;
    }
  }
}

}  // namespace davy::bench

#pragma once

// One simulated deploy with a gauge: every pod's reading in every tick. A pod wanders around its level as a
// first-order autoregression; the canary's whole reading is multiplied by the shift from the deploy on.
//
// The order of draws: pod by pod, the canary first, its level and its first deviation; then tick by tick and
// pod by pod a normal, for a canary not yet deployed too. The canary's readings before the deploy are 0 and
// mean nothing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace davy::bench {

struct GaugeScenario {
  int id = 0;                 // part of the seed
  double memory = 0;          // correlation of a pod's readings 5 s apart
  double sd = 0.15;           // of a pod's readings, as a share of its level
  double members_sd = 0;      // of the pods' levels, as a share of the fleet's
  double shift = 1;           // of the canary
  double max_increase = 0.2;  // that the check allows
  int baseline_pods = 10;
  double tick_s = 5;
  int window_ticks = 120;
  int history_ticks = 60;

  bool within_tolerance() const { return shift <= 1 + max_increase + 1e-9; }
};

// Memory and shift in every combination, of like pods and then of unlike ones.
std::vector<GaugeScenario> gauge_scenarios();

std::uint64_t seed_of(const GaugeScenario& scenario, int run);

struct GaugeStream {
  int history_ticks = 0;
  int window_ticks = 0;
  double tick_s = 5;
  int groups = 0;                // baseline pods
  std::vector<double> canary;    // by tick
  std::vector<double> baseline;  // tick-major: cell(tick, pod)

  int ticks() const { return history_ticks + window_ticks; }
  std::size_t cell(int tick, int pod) const { return static_cast<std::size_t>(tick * groups + pod); }

  bool operator==(const GaugeStream&) const = default;
};

class GaugeStreams {
 public:
  explicit GaugeStreams(const GaugeScenario& scenario) : scenario_(scenario) {}

  void fill(int run, GaugeStream& stream);

 private:
  struct Pod {
    double level = 0;
    double deviation = 0;  // in standard deviations
  };

  GaugeScenario scenario_;
  std::vector<Pod> pods_;  // the canary first
};

}  // namespace davy::bench

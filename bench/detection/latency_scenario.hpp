#pragma once

// The cells of the latency benchmark (detection_benchmark.md, section 3): a tolerance g of the p99, a shift
// of the canary's whole distribution, a distribution, the edges of the buckets, a condition of the fleet and
// a rate of requests. A cell's place in the list is part of its seed: the false rollbacks first (tables 2.4),
// then the times to rollback (2.5), in the order of the tables.

#include <cstdint>
#include <string_view>
#include <vector>

namespace davy::bench {

enum class Distribution {
  bimodal,    // 97% around 20 ms, 3% around 300 ms
  lognormal,  // median 50 ms, sigma 0.8
};

enum class Buckets {
  prometheus,  // the client libraries' default edges, 5 ms to 10 s
  fine,        // 5 ms and on by a factor of 1.2, below 10 s
};

enum class LatencyCondition {
  hetero,  // a pod's scale is its own for good: lognormal, sd 0.1
  iid,
  pause,    // in 5% of the ticks of a pod 30% of its requests take four times as long
  shock,    // everything takes three times as long from 120 s to 180 s
  warm_up,  // the canary takes 1.5 times as long in its first 60 s
};

struct LatencyScenario {
  int id = 0;            // place in the list, from 1
  double tolerance = 1;  // g
  double shift = 1;      // of the canary; g itself is still within the tolerance
  Distribution distribution = Distribution::bimodal;
  Buckets buckets = Buckets::prometheus;
  LatencyCondition condition = LatencyCondition::iid;
  double rps = 0;
  int onset_s = 0;
  int baseline_pods = 10;
  double tick_s = 5;
  int window_ticks = 120;
  int history_ticks = 60;

  bool within_tolerance() const { return shift <= tolerance; }
};

std::vector<LatencyScenario> latency_scenarios();

std::uint64_t seed_of(const LatencyScenario& scenario, int run);

// Upper edges in seconds, without the last at infinity.
std::vector<double> edges_of(Buckets buckets);

// The share of requests that take longer than `seconds`.
double survival(Distribution distribution, double seconds);

// As the tables of the design say it.
std::string_view name_of(Distribution distribution);
std::string_view name_of(Buckets buckets);
std::string_view name_of(LatencyCondition condition);

}  // namespace davy::bench

// The latency streams have the tails, the shifts and the slow moments that they claim.

#include "bench/detection/latency_stream.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <numeric>

namespace davy::bench {
namespace {

int total(std::span<const int> buckets) { return std::accumulate(buckets.begin(), buckets.end(), 0); }

// The share of a pod's requests of the window's ticks [from, to) above an edge; pod 0 is the canary.
double share_above(const LatencyScenario& scenario, double edge, int pod, int from = 0, int to = 120) {
  LatencyStreams streams(scenario);
  LatencyStream stream;
  double above = 0, all = 0;
  for (int run = 0; run < 10; ++run) {
    streams.fill(run, stream);
    for (int tick = stream.history_ticks + from; tick < stream.history_ticks + to; ++tick) {
      const auto buckets = pod == 0 ? stream.buckets_of_canary(tick) : stream.buckets_of(tick, pod - 1);
      all += total(buckets);
      for (std::size_t i = 0; i < stream.edges.size(); ++i)
        if (stream.edges[i] >= edge - 1e-9) above += buckets[i + 1];
    }
  }
  return above / all;
}

LatencyScenario busy(LatencyCondition condition) {
  LatencyScenario scenario;
  scenario.rps = 500;
  scenario.condition = condition;
  scenario.distribution = Distribution::lognormal;
  return scenario;
}

TEST_CASE("the tail of both sides is the distribution's and the shift is the canary's alone") {
  LatencyScenario scenario = busy(LatencyCondition::iid);
  scenario.shift = 1.5;
  for (const double edge : {0.025, 0.1, 0.25}) {
    CHECK(share_above(scenario, edge, 1) ==
          doctest::Approx(survival(Distribution::lognormal, edge)).epsilon(0.02));
    CHECK(share_above(scenario, edge, 0) ==
          doctest::Approx(survival(Distribution::lognormal, edge / 1.5)).epsilon(0.02));
  }
  scenario.distribution = Distribution::bimodal;
  scenario.buckets = Buckets::fine;
  const double edge = edges_of(Buckets::fine)[20];
  CHECK(share_above(scenario, edge, 3) ==
        doctest::Approx(survival(Distribution::bimodal, edge)).epsilon(0.03));
}

TEST_CASE("the median and the p99 of the distributions are where they should be") {
  CHECK(survival(Distribution::lognormal, 0.050) == doctest::Approx(0.5));
  CHECK(survival(Distribution::lognormal, 0.3215) == doctest::Approx(0.01).epsilon(0.01));
  CHECK(survival(Distribution::bimodal, 0.300) == doctest::Approx(0.015).epsilon(0.01));
}

TEST_CASE("a warm-up and a shock end") {
  const double usual = survival(Distribution::lognormal, 0.1);
  const double warm = survival(Distribution::lognormal, 0.1 / 1.5);
  const double shocked = survival(Distribution::lognormal, 0.1 / 3);
  const auto warm_up = busy(LatencyCondition::warm_up);
  CHECK(share_above(warm_up, 0.1, 0, 0, 12) == doctest::Approx(warm).epsilon(0.02));
  CHECK(share_above(warm_up, 0.1, 0, 12) == doctest::Approx(usual).epsilon(0.02));
  CHECK(share_above(warm_up, 0.1, 1, 0, 12) == doctest::Approx(usual).epsilon(0.02));
  const auto shock = busy(LatencyCondition::shock);
  for (const int pod : {0, 5}) {
    CHECK(share_above(shock, 0.1, pod, 24, 36) == doctest::Approx(shocked).epsilon(0.02));
    CHECK(share_above(shock, 0.1, pod, 36) == doctest::Approx(usual).epsilon(0.02));
  }
}

TEST_CASE("pauses slow down one request in 67") {
  const double usual = survival(Distribution::lognormal, 0.5);
  const double paused = survival(Distribution::lognormal, 0.5 / 4);
  const double expected = usual + 0.05 * 0.3 * (paused - usual);
  CHECK(share_above(busy(LatencyCondition::pause), 0.5, 2) == doctest::Approx(expected).epsilon(0.15));
}

TEST_CASE("the canary serves nothing before the deploy and a run repeats") {
  LatencyStreams streams(busy(LatencyCondition::hetero));
  LatencyStream first, again;
  streams.fill(7, first);
  streams.fill(8, again);
  CHECK_FALSE(first == again);
  streams.fill(7, again);
  CHECK(first == again);
  CHECK(total(first.buckets_of_canary(59)) == 0);
  CHECK(total(first.buckets_of_canary(60)) > 2000);
  CHECK(total(first.buckets_of(0, 9)) > 2000);
}

TEST_CASE("the cells are those of the tables") {
  const auto scenarios = latency_scenarios();
  int within = 0;
  for (const auto& scenario : scenarios) within += scenario.within_tolerance();
  CHECK(within == 116);
  CHECK(scenarios.size() == 116 + 80);
  CHECK(scenarios.back().id == 196);
  CHECK(edges_of(Buckets::fine).size() == 42);
}

}  // namespace
}  // namespace davy::bench

// The gauge streams wander as they claim, and the judge tells a shifted one from a like one.

#include "bench/detection/check_judge.hpp"
#include "bench/detection/gauge_suites.hpp"
#include "bench/detection/ticks.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace davy::bench {
namespace {

GaugeStream stream_of(const GaugeScenario& scenario, int run = 0) {
  GaugeStream stream;
  GaugeStreams(scenario).fill(run, stream);
  return stream;
}

struct Moments {
  double mean = 0, sd = 0, memory = 0;  // memory: correlation of successive readings
};

// Of all baseline pods in so many runs, around the fleet's mean.
Moments baseline_moments(const GaugeScenario& scenario, int runs = 40) {
  double count = 0, sum = 0, squares = 0, products = 0, pairs = 0;
  for (int run = 0; run < runs; ++run) {
    const GaugeStream stream = stream_of(scenario, run);
    for (int tick = 0; tick < stream.ticks(); ++tick) {
      for (int k = 0; k < stream.groups; ++k) {
        const double x = stream.baseline[stream.cell(tick, k)] - 0.5;
        ++count;
        sum += x;
        squares += x * x;
        if (tick == 0) continue;
        products += x * (stream.baseline[stream.cell(tick - 1, k)] - 0.5);
        ++pairs;
      }
    }
  }
  const double variance = squares / count;
  return {0.5 + sum / count, std::sqrt(variance), products / pairs / variance};
}

TEST_CASE("readings have the mean and spread and memory of their scenario") {
  GaugeScenario scenario;
  scenario.memory = 0.8;
  const Moments even = baseline_moments(scenario);
  CHECK(even.mean == doctest::Approx(0.5).epsilon(0.01));
  CHECK(even.sd == doctest::Approx(0.075).epsilon(0.02));
  CHECK(even.memory == doctest::Approx(0.8).epsilon(0.02));
  scenario.tick_s = 10;
  CHECK(baseline_moments(scenario).memory == doctest::Approx(0.64).epsilon(0.03));
  scenario.members_sd = 0.1;
  CHECK(baseline_moments(scenario).sd == doctest::Approx(0.5 * std::hypot(0.15, 0.1)).epsilon(0.05));
}

TEST_CASE("the shift is the canary's alone and begins at the deploy") {
  GaugeScenario scenario;
  const GaugeStream like = stream_of(scenario);
  scenario.shift = 2;
  const GaugeStream shifted = stream_of(scenario);
  CHECK(like.baseline == shifted.baseline);
  CHECK(shifted.canary[59] == 0);
  CHECK(shifted.canary[60] == 2 * like.canary[60]);
  Tick tick;
  take_tick(shifted, 60, tick);
  CHECK(tick.canary[0].value == shifted.canary[60]);
  CHECK(tick.canary[0].total == 1);
  CHECK(tick.baseline[9].value == shifted.baseline[shifted.cell(60, 9)]);
}

TEST_CASE("the judge finds twice the load and leaves the same alone") {
  const auto judge = make_gauge_judge("breach", gauge_check(0.2));
  GaugeScenario scenario;
  CHECK_FALSE(judge->run(stream_of(scenario)).fired);
  scenario.shift = 2;
  const Detection found = judge->run(stream_of(scenario));
  CHECK(found.fired);
  CHECK(found.at_s <= 200);
}

TEST_CASE("the gauge table has a cell for every memory and spread and shift") {
  const auto suites = gauge_suites();
  REQUIRE(suites.size() == 1);
  const auto& suite = suites.front();
  CHECK(suite.cells.size() == 24);
  for (const auto& cell : suite.cells) CHECK(cell.labels.size() == suite.label_headings.size());
  CHECK(run_cell(suite.cells.back(), suite.detectors, 5, 2) ==
        run_cell(suite.cells.back(), suite.detectors, 5, 1));
}

}  // namespace
}  // namespace davy::bench

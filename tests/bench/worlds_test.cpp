// The worlds have the rates, the noise and the moments that they claim.

#include "bench/detection/world_stream.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <numeric>

namespace davy::bench {
namespace {

constexpr Truth healthy = {.base_error = 0.01};

struct Totals {
  Counts canary, baseline, first_member, late_canary;
};

Totals totals_of(const WorldScenario& scenario, int runs, double late_from_s = 300) {
  WorldStream world(scenario);
  Stream stream;
  Totals totals;
  const auto add = [](Counts& counts, int n, int e) {
    counts.n += n;
    counts.e += e;
  };
  for (int run = 0; run < runs; ++run) {
    world.fill(run, stream);
    double start_s = -scenario.history_ticks * scenario.tick_s;
    for (int tick = 0; tick < stream.ticks(); ++tick) {
      const auto i = static_cast<std::size_t>(tick);
      add(totals.canary, stream.canary_n[i], stream.canary_e[i]);
      if (start_s >= late_from_s) add(totals.late_canary, stream.canary_n[i], stream.canary_e[i]);
      const Counts baseline = baseline_at(stream, tick);
      totals.baseline.n += baseline.n;
      totals.baseline.e += baseline.e;
      add(totals.first_member, stream.n[stream.cell(tick, 0)], stream.e[stream.cell(tick, 0)]);
      start_s += stream.length_s[i];
    }
  }
  return totals;
}

double rate(const Counts& counts) { return static_cast<double>(counts.e) / static_cast<double>(counts.n); }

double traffic(const Counts& counts, double pod_seconds) {
  return static_cast<double>(counts.n) / pod_seconds;
}

TEST_CASE("a healthy canary serves and fails as the members do in every world") {
  for (const World world : all_worlds()) {
    if (world == World::bad_member || world == World::staggered_outage || world == World::nearly_clean)
      continue;
    CAPTURE(name_of(world));
    const Totals totals = totals_of(world_scenario(world, 3, 50, healthy), 150);
    CHECK(rate(totals.canary) == doctest::Approx(0.01).epsilon(0.07));
    CHECK(rate(totals.baseline) == doctest::Approx(0.01).epsilon(0.06));
    if (world == World::share_jump) continue;
    CHECK(traffic(totals.canary, 150 * 600.0) == doctest::Approx(50).epsilon(0.01));
    CHECK(traffic(totals.baseline, 150 * 900.0 * 3) == doctest::Approx(50).epsilon(0.01));
  }
}

TEST_CASE("one member fails five times as often and the nearly clean world hardly ever") {
  const Totals bad = totals_of(world_scenario(World::bad_member, 5, 50, healthy), 20);
  CHECK(rate(bad.first_member) == doctest::Approx(0.05).epsilon(0.03));
  CHECK(rate(bad.canary) == doctest::Approx(0.01).epsilon(0.05));
  const Totals clean = totals_of(world_scenario(World::nearly_clean, 8, 500, healthy), 20);
  CHECK(rate(clean.baseline) == doctest::Approx(0.00001).epsilon(0.1));
}

TEST_CASE("an outage lasts a minute on every pod and reaches them apart") {
  const Totals totals = totals_of(world_scenario(World::staggered_outage, 8, 50, healthy), 20);
  CHECK(rate(totals.canary) == doctest::Approx(0.01 + 0.29 * 60 / 600).epsilon(0.02));
  CHECK(rate(totals.baseline) == doctest::Approx(0.01 + 0.29 * 60 / 900).epsilon(0.02));
  CHECK(rate(totals.late_canary) == doctest::Approx(0.01).epsilon(0.06));
}

TEST_CASE("the canary takes two percent of the traffic and then twenty") {
  const Totals totals = totals_of(world_scenario(World::share_jump, 4, 50, healthy), 200, 480);
  CHECK(traffic(totals.late_canary, 200 * 120.0) == doctest::Approx(50).epsilon(0.01));
  CHECK(traffic(totals.canary, 200 * 600.0) == doctest::Approx(27.5).epsilon(0.06));
}

TEST_CASE("scrapes come unevenly but the window keeps its length") {
  WorldStream world(world_scenario(World::jitter, 2, 50, healthy));
  Stream stream;
  double shortest = 100, longest = 0, ticks = 0;
  for (int run = 0; run < 20; ++run) {
    world.fill(run, stream);
    ticks += stream.ticks();
    const auto deploy = stream.length_s.begin() + stream.history_ticks;
    CHECK(std::accumulate(stream.length_s.begin(), deploy, 0.0) == doctest::Approx(300));
    CHECK(std::accumulate(deploy, stream.length_s.end(), 0.0) == doctest::Approx(600));
    for (const double length : stream.length_s) {
      shortest = std::min(shortest, length);
      longest = std::max(longest, length);
    }
  }
  CHECK(shortest >= 2);
  CHECK(longest > 10);
  CHECK(ticks / 20 == doctest::Approx(180 - 0.1 * 178).epsilon(0.02));
}

TEST_CASE("self-exciting errors have eleven times the variance of independent ones in the long run") {
  WorldStream world(world_scenario(World::self_exciting, 1, 50, healthy));
  Stream stream;
  double sum = 0, squares = 0;
  constexpr int runs = 400;
  for (int run = 0; run < runs; ++run) {
    world.fill(run, stream);
    const auto errors = static_cast<double>(baseline_total(stream).e);
    sum += errors;
    squares += errors * errors;
  }
  const double mean = sum / runs;
  CHECK((squares / runs - mean * mean) / mean == doctest::Approx(1 / 0.09).epsilon(0.2));
}

TEST_CASE("members that differ by 30 percent do so for good") {
  WorldStream world(world_scenario(World::members_differ_30, 10, 500, healthy));
  Stream stream;
  double squares = 0;
  for (int run = 0; run < 100; ++run) {
    world.fill(run, stream);
    for (int pod = 0; pod < 10; ++pod) {
      Counts counts;
      for (int tick = 0; tick < stream.ticks(); ++tick) {
        counts.n += stream.n[stream.cell(tick, pod)];
        counts.e += stream.e[stream.cell(tick, pod)];
      }
      squares += std::pow(std::log(rate(counts) / 0.01), 2);
    }
  }
  CHECK(std::sqrt(squares / 1000) == doctest::Approx(0.3).epsilon(0.1));
}

TEST_CASE("the trouble starts at its onset") {
  const Truth late = {.base_error = 0.01, .addend = 0.03, .onset_s = 300};
  for (const World world : {World::jitter, World::slow_wander, World::self_exciting}) {
    CAPTURE(name_of(world));
    const Totals totals = totals_of(world_scenario(world, 2, 50, late), 60);
    CHECK(rate(totals.late_canary) == doctest::Approx(0.04).epsilon(0.08));
    CHECK(rate(totals.canary) == doctest::Approx(0.025).epsilon(0.08));
    CHECK(rate(totals.baseline) == doctest::Approx(0.01).epsilon(0.12));
  }
}

TEST_CASE("a run of a world does not depend on the run before it") {
  for (const World world : all_worlds()) {
    WorldStream stream_of(world_scenario(world, 2, 5, healthy));
    Stream first, other, again;
    stream_of.fill(3, first);
    stream_of.fill(4, other);
    stream_of.fill(3, again);
    CHECK(first == again);
    CHECK_FALSE(first == other);
  }
}

}  // namespace
}  // namespace davy::bench

// The p99 of every minute, the rules of other tools on it, and Davy's own judge on the same streams.

#include "bench/detection/latency_peers.hpp"

#include "bench/detection/check_judge.hpp"
#include "bench/detection/latency_minutes.hpp"
#include "bench/detection/latency_suites.hpp"
#include "bench/detection/ticks.hpp"

#include <doctest/doctest.h>
#include <map>
#include <stdexcept>

namespace davy::bench {
namespace {

// Buckets up to 0.25, 0.5 and 1 s, ten minutes, two pods. Of a pod's 100 requests a tick all are in the
// first.
LatencyStream steady_latency() {
  LatencyStream stream;
  stream.window_ticks = 120;
  stream.groups = 2;
  stream.edges = {0.25, 0.5, 1};
  stream.resize();
  for (int tick = 0; tick < stream.ticks(); ++tick) {
    stream.buckets_of_canary(tick)[0] = 100;
    for (int k = 0; k < stream.groups; ++k) stream.buckets_of(tick, k)[0] = 100;
  }
  return stream;
}

// One request in twenty of the canary is in this bucket instead, in the ticks [from, to).
void slow_down(LatencyStream& stream, std::size_t bucket, int from, int to) {
  for (int tick = from; tick < to; ++tick) {
    stream.buckets_of_canary(tick)[0] = 95;
    stream.buckets_of_canary(tick)[bucket] = 5;
  }
}

Detection run(std::string_view peer, const LatencyStream& stream, double tolerance = 1.2) {
  return make_latency_peer(peer, tolerance)->run(stream);
}

Detection at(double seconds) { return {true, seconds}; }

TEST_CASE("a minute has the p99 that Prometheus would show") {
  LatencyStream stream = steady_latency();
  slow_down(stream, 2, 12, 24);
  std::vector<LatencyMinute> minutes;
  fill_minutes(stream, minutes);
  REQUIRE(minutes.size() == 10);
  CHECK(*minutes[0].canary_p99 == doctest::Approx(0.25 * 0.99));
  CHECK(*minutes[1].canary_p99 == doctest::Approx(0.5 + 0.5 * 0.8));  // the 48th of 60 in that bucket
  CHECK(*minutes[1].baseline_p99 == doctest::Approx(0.25 * 0.99));
}

TEST_CASE("a canary above half a second is found when each rule first may") {
  LatencyStream stream = steady_latency();
  slow_down(stream, 2, 0, 120);
  CHECK(run("argo-rel0", stream) == at(60));
  CHECK(run("argo-rel3", stream) == at(240));
  CHECK(run("flag500-t5", stream) == at(300));
  CHECK(run("kay5/10", stream) == at(300));
  CHECK(run("kay-1m", stream) == at(180));
}

TEST_CASE("below half a second Flagger's limit is kept and a relative one is not") {
  LatencyStream stream = steady_latency();
  slow_down(stream, 1, 0, 120);
  CHECK_FALSE(run("flag500-t5", stream).fired);
  CHECK(run("argo-rel0", stream) == at(60));
  CHECK_FALSE(run("argo-rel0", stream, 2).fired);
}

TEST_CASE("a like canary is left alone and no requests fail a check of Flagger only") {
  LatencyStream stream = steady_latency();
  for (const auto peer : latency_peer_names()) CHECK_MESSAGE(run(peer, stream, 1) == Detection{}, peer);
  std::fill(stream.canary.begin(), stream.canary.end(), 0);
  for (const auto peer : latency_peer_names())
    CHECK_MESSAGE(run(peer, stream, 1).fired == (peer == "flag500-t5"), peer);
}

TEST_CASE("there are five latency peers and no other") {
  CHECK(latency_peer_names().size() == 5);
  for (const auto peer : latency_peer_names()) CHECK(make_latency_peer(peer, 1)->name() == peer);
  CHECK_THROWS_AS(make_latency_peer("nobody", 1), std::out_of_range);
}

TEST_CASE("the judge finds a canary twice as slow at once and leaves a like one alone") {
  LatencyScenario scenario;
  scenario.id = 1;
  scenario.distribution = Distribution::lognormal;
  scenario.rps = 500;
  const auto judge = make_latency_judge("REC", p99_check(1.2));
  LatencyStream stream;
  LatencyStreams(scenario).fill(0, stream);
  CHECK_FALSE(judge->run(stream).fired);
  scenario.shift = 2;
  LatencyStreams(scenario).fill(0, stream);
  CHECK(judge->run(stream).fired);
  CHECK(judge->run(stream).at_s <= 10);
}

TEST_CASE("while a canary warms up the judge does not blame it for being slow") {
  LatencyStream stream = steady_latency();
  slow_down(stream, 2, 0, 12);
  const auto judge = make_latency_judge("REC", p99_check(1.2));
  CHECK(judge->run(stream).fired);
  stream.warm_up_ticks = 12;
  CHECK_FALSE(judge->run(stream).fired);
}

TEST_CASE("a stream's ticks are those of a window") {
  LatencyStream stream = steady_latency();
  stream.history_ticks = 2;
  stream.window_ticks = 118;
  stream.warm_up_ticks = 1;
  const Window window = empty_window(stream);
  CHECK(window.length == std::chrono::seconds(590));
  CHECK(window.baseline.members == std::vector<std::string>{"pod-0", "pod-1"});
  CHECK(window.bounds.size() == 4);
  Tick tick;
  take_tick(stream, 1, tick);
  CHECK(tick.at == window.deployed_at);
  CHECK_FALSE(tick.canary[0].present);
  take_tick(stream, 2, tick);
  CHECK_FALSE(tick.judged);
  take_tick(stream, 3, tick);
  CHECK(tick.judged);
  CHECK(tick.canary[0].total == 100);
  CHECK(tick.baseline[1].buckets == std::vector<double>{100, 0, 0, 0});
}

TEST_CASE("the latency tables have their cells and threads change nothing") {
  std::map<std::string, std::size_t> cells;
  for (const auto& suite : latency_suites()) {
    cells[suite.name] = suite.cells.size();
    for (const auto& cell : suite.cells) CHECK(cell.labels.size() == suite.label_headings.size());
    const auto& cell = suite.cells.front();
    const auto outcomes = run_cell(cell, suite.detectors, 4, 1);
    CHECK(outcomes == run_cell(cell, suite.detectors, 4, 3));
    CHECK(outcomes.size() == names_of(suite.detectors).size());
  }
  CHECK(cells == std::map<std::string, std::size_t>{{"latency-false", 116}, {"latency-time", 80}});
}

}  // namespace
}  // namespace davy::bench

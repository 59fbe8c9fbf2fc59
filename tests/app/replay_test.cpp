// A recording judged again: the same loop, nothing called, the same findings to the last bit.

#include "app/replay.hpp"

#include "app/replay_report.hpp"
#include "collector/recording/verdict_digest.hpp"
#include "config/policy_loader.hpp"
#include "tests/support/recorded.hpp"

#include <doctest/doctest.h>

namespace davy::app {
namespace {

using namespace std::chrono_literals;
using collector::recording::Recording;

config::Policy policy(const std::string& limit = "5%") {
  const auto loaded = config::load_policy(R"(version: davy/v1
service: checkout
canary: {targets: [http://canary/metrics]}
baseline: {targets: [http://stable-1/metrics, http://stable-2/metrics]}
scrape: {interval: 1s}
window: 2m
warmup: 5s
checks:
  - name: errors
    ratio: {errors: 'requests_total{code="500"}', total: requests_total}
    max: )" + limit + "\n    max_increase: 100%\nrollback: [{http: {url: http://127.0.0.1:9/never}}]\n",
                                          "checkout.yaml", config::empty_environment());
  REQUIRE(loaded.policy.has_value());
  return *loaded.policy;
}

// A minute of quiet, a release, and trouble after another ten seconds where there is to be any.
Recording recorded(double canary_error_share, int rounds = 220, double rps = 40) {
  Recording recording;
  recording.head.service = "checkout";
  recording.head.interval = 1s;
  recording.head.names = {"requests_total"};
  recording.head.since = Instant{5h};
  recording.head.wall = WallTime{1'700'000'000'000ms};
  test::RecordedTown town;
  town.rps = rps;
  for (int i = 0; i < rounds; ++i) {
    if (i == 70) town.canary_error_share = canary_error_share;
    collector::recording::Round round;
    if (i == 60) {
      OperatorRequest begin;
      begin.kind = OperatorRequest::Kind::start_release;
      begin.release = "r1";
      round.requests = {{begin, town.now()}};
    }
    round.batch = town.round();
    recording.rounds.push_back(std::move(round));
  }
  return recording;
}

}  // namespace

TEST_CASE("a bad canary in a recording would have been rolled back and nobody is called") {
  const Recording recording = recorded(0.5);
  const auto releases = replay(policy(), recording);
  REQUIRE(releases.has_value());
  REQUIRE(releases->size() == 1);
  const ReplayedRelease& release = releases->front();
  CHECK(release.end == Phase::observed);
  CHECK(release.check == "errors");
  CHECK(release.release == "r1");
  CHECK(to_rfc3339(release.deployed_at) == "2023-11-14T22:14:20.000Z");
  CHECK(*release.detected_s > 10);
  CHECK(*release.detected_s < 40);
  CHECK_FALSE(release.then.has_value());
}

TEST_CASE("a good canary passes and a recording that ends too early decides nothing") {
  const auto good = replay(policy(), recorded(0.005, 220, 400));
  CAPTURE(good->front().sentence);
  CHECK(good->front().end == Phase::passed);
  const auto early = replay(policy(), recorded(0.005, 70));
  CHECK(early->front().end == Phase::idle);
  CHECK(early->front().rounds_judged == 10);
}

TEST_CASE("the same recording gives the same findings and a changed one does not") {
  Recording recording = recorded(0.5);
  std::vector<std::uint64_t> found;
  ReplayOptions collect;
  collect.on_verdict = [&](const Verdict& verdict, Instant) {
    found.push_back(collector::recording::digest(verdict));
  };
  REQUIRE(replay(policy(), recording, collect).has_value());
  for (std::size_t i = 0; i < found.size(); ++i) {
    recording.rounds[60 + i].judged_at = recording.rounds[60 + i].batch.at;
    recording.rounds[60 + i].verdict = found[i];
  }
  const auto again = replay(policy(), recording);
  CHECK(again->front().rounds_compared == found.size());
  CHECK(again->front().rounds_same == found.size());
  const auto other = replay(policy("2%"), recording);
  CHECK(other->front().rounds_same < other->front().rounds_compared);
}

TEST_CASE("after the rollback of that time nobody knows what would have been") {
  Recording recording = recorded(0.03);  // above the baseline, but below a wide limit
  recording.reports = {
      R"({"release":"r1","end":"healed","sentence":"it was bad","blamed_check":"errors","detected_s":12,"acted_s":13})"};
  auto wide = policy("50%");
  wide.checks[0].max_increase.reset();
  const auto releases = replay(wide, recording);
  const ReplayedRelease& release = releases->front();
  REQUIRE(release.then.has_value());
  CHECK(release.then->end == "healed");
  CHECK(release.then->check == "errors");
  CHECK(release.end == Phase::idle);
  CHECK(release.rounds_judged == 14);
  ReplayReport report{"digest", *releases};
  CHECK(report.rolled_back() == 0);
  CHECK(report.changed() == 1);
  CHECK(to_text(report).find("roll back  12.0 s  undecided") != std::string::npos);
}

TEST_CASE("a recording without a release can be given one") {
  Recording recording = recorded(0.5);
  recording.rounds[60].requests.clear();
  const auto without = replay(policy(), recording);
  REQUIRE_FALSE(without.has_value());
  CHECK(without.error().message() ==
        "no release begins in this recording; say when one should: --release-at 1m");
  ReplayOptions options;
  options.release_at = 60s;
  CHECK(replay(policy(), recording, options)->front().end == Phase::observed);
}

TEST_CASE("a policy that needs what was not recorded is told what was") {
  Recording recording = recorded(0.5);
  recording.head.names = {"other_total"};
  const auto refused = replay(policy(), recording);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message() ==
        "requests_total was not recorded; a recording holds what the checks of its own policy use: "
        "other_total");
}

}  // namespace davy::app

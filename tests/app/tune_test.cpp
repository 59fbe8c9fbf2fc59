// What a policy is worth on quiet recordings: made-up releases, faults put into them, and what is made of
// both.

#include "app/tune/tune_report.hpp"
#include "app/tune/worsen.hpp"
#include "config/policy_loader.hpp"
#include "tests/support/quiet_service.hpp"

#include <doctest/doctest.h>

namespace davy::app::tune {
namespace {

using namespace std::chrono_literals;

config::Policy policy(const std::string& checks, const std::string& more = "") {
  const auto loaded = config::load_policy(
      "version: davy/v1\nservice: quiet\nmode: observe\ncanary: {targets: [\"http://c/metrics\"]" + more +
          "}\nbaseline: {targets: [\"http://b/metrics\"]" + more +
          "}\nscrape: {interval: 5s}\nwindow: 5m\nwarmup: 10s\nchecks:\n" + checks,
      "quiet.yaml", config::empty_environment());
  CAPTURE(loaded.problems->to_text());
  REQUIRE(loaded.policy.has_value());
  return *loaded.policy;
}

const std::string errors =
    "  - name: errors\n    ratio: {errors: 'requests_total{code=\"500\"}', total: requests_total}\n    max: "
    "20%\n    "
    "max_increase: 50%\n";
const std::string latency =
    "  - name: latency\n    latency: {histogram: duration_seconds, quantile: p95}\n    max_increase: 50%\n";

Trials tried(const config::Policy& policy, const collector::recording::Recording& recording,
             std::size_t most = 8) {
  const auto made_up = placebos(policy, recording, 1min, most);
  REQUIRE_FALSE(made_up.empty());
  auto trials = run_trials(policy, made_up, [](std::size_t) {});
  REQUIRE(trials.has_value());
  return *trials;
}

const CheckTrial& trial(const Trials& trials, const std::string& name) {
  for (const CheckTrial& one : trials.checks)
    if (one.check == name) return one;
  throw std::logic_error("no such check");
}

double caught(const CheckTrial& trial, double times) {
  for (const Caught& one : trial.worse)
    if (one.times == times) return static_cast<double>(one.after_s.size()) / static_cast<double>(one.of);
  return -1;
}

}  // namespace

TEST_CASE("every instance plays the canary in turn where the recording has room for it") {
  const auto p = policy(errors);
  const auto recording = test::recorded({.instances = 3});
  const auto made_up = placebos(p, recording, 1min, 12);
  REQUIRE(made_up.size() == 12);
  CHECK(made_up[0].member == "i0");
  CHECK(made_up[2].member == "i2");
  CHECK(made_up[0].released - recording.rounds.front().batch.at == 1min);
  CHECK(recording.rounds.back().batch.at - made_up[11].released == 5min);
  CHECK(placebos(p, test::recorded({.instances = 1}), 1min, 12).empty());
  CHECK(placebos(p, test::recorded({.length = 3min}), 1min, 12).empty());
}

TEST_CASE("a made-up canary appears with its release and nobody else changes") {
  const auto p = policy(errors);
  const auto recording = test::recorded({.instances = 3, .length = 8min});
  const Placebo placebo{&recording, "i1", recording.rounds[20].batch.at};
  const Batch before = batch_of(p, placebo, recording.rounds[19].batch);
  CHECK(before.readings.size() == 2);
  const Batch after = batch_of(p, placebo, recording.rounds[20].batch);
  REQUIRE(after.readings.size() == 3);
  CHECK(after.readings[1].for_canary);
  CHECK_FALSE(after.readings[1].for_baseline);
  CHECK(after.readings[0].for_baseline);
  CHECK_FALSE(after.readings[0].for_canary);
}

TEST_CASE("a quiet service is not rolled back and gross faults are caught before slight ones") {
  const auto trials = tried(policy(errors + latency), test::recorded({}));
  CHECK(trials.placebos == 8);
  CHECK(trials.rolled_back == 0);
  const CheckTrial& failing = trial(trials, "errors");
  CHECK(failing.value == doctest::Approx(0.01).epsilon(0.2));
  CHECK(failing.events_per_s == doctest::Approx(50).epsilon(0.1));
  CHECK(caught(failing, 10) == 1);
  CHECK(caught(failing, 1.5) < 0.5);
  CHECK(caught(trial(trials, "latency"), 10) == 1);
}

TEST_CASE("little traffic catches little and the advice says so") {
  const auto p = policy(errors);
  const auto trials = tried(p, test::recorded({.rps = 1, .error_share = 0.002}));
  CHECK(caught(trial(trials, "errors"), 2) == 0);
  const auto changes = advice(p, trials);
  REQUIRE_FALSE(changes.empty());
  const std::string text = to_text(p, trials);
  CAPTURE(text);
  CHECK((text.find("a longer window") != std::string::npos ||
         text.find("leaves no trace") != std::string::npos));
}

TEST_CASE("a limit within what the healthy service does is named") {
  auto p = policy(
      "  - name: errors\n    ratio: {errors: 'requests_total{code=\"500\"}', total: requests_total}\n    "
      "max: 0.8%\n");
  const auto trials = tried(p, test::recorded({}));
  bool named = false;
  for (const Advice& one : advice(p, trials)) named = named || one.change.starts_with("max: ");
  CHECK(named);
}

TEST_CASE("members that share a target play the canary by their label") {
  const auto p = policy(errors, ", where: '{server!=\"x\"}', members: server");
  const auto trials = tried(p, test::recorded({.label = "server"}), 4);
  CHECK(trials.placebos == 4);
  CHECK(trials.rolled_back == 0);
  CHECK(caught(trial(trials, "errors"), 10) == 1);
}

TEST_CASE("durations that take twice as long move to higher buckets and none is lost") {
  Window window;
  window.bounds = {0.1, 0.2, HUGE_VAL};
  Tick tick;
  tick.judged = true;
  tick.at = Instant{1h};
  MemberTick member;
  member.present = true;
  member.total = 10000;
  member.buckets = {8000, 1500, 500};
  tick.canary = {member};
  window.ticks = {tick, tick};
  window.ticks[1].judged = false;
  Check check;
  check.kind = CheckKind::latency;
  const Window slow = worsened(window, check, 2, 0);
  const auto& buckets = slow.ticks[0].canary[0].buckets;
  CHECK(buckets[0] + buckets[1] + buckets[2] == 10000);
  CHECK(buckets[0] == doctest::Approx(4000).epsilon(0.1));  // those below half of the first bound
  CHECK(buckets[2] == doctest::Approx(2000).epsilon(0.1));  // all that had been above 0.1
  CHECK(slow.ticks[1].canary[0].buckets == member.buckets);
  CHECK(worsened(window, check, 2, 0).ticks[0].canary[0].buckets == buckets);
}

TEST_CASE("no false alarm in twenty leaves room for one in seven") {
  CHECK(at_most(0, 20) == doctest::Approx(0.139).epsilon(0.01));
  CHECK(at_most(1, 20) == doctest::Approx(0.216).epsilon(0.01));
  CHECK(at_most(0, 0) == 1);
  CHECK(at_most(3, 3) == 1);
}

}  // namespace davy::app::tune

// What a person reads: the sequential comparison's sentence, word for word.

#include "tests/judge/sequential/story.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using namespace testing;

// Five minutes of a baseline with one error in a hundred requests.
Story after_history(const Check& check = ratio_check(), const StoryShape& shape = {}) {
  Story story(check, shape);
  story.ticks(shape.history_ticks, absent(), counts(100, 1));
  return story;
}

const MemberTick good = counts(100, 1);
const MemberTick fast = histogram({500, 300, 150, 45, 5, 0, 0});
const MemberTick slow = histogram({100, 100, 100, 200, 200, 200, 100});

}  // namespace

TEST_CASE("a breach says how much on each side and when it was found") {
  Story story = after_history();
  const Finding finding = story.ticks(6, counts(100, 30), good).judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.decided_at == story.window.deployed_at + std::chrono::seconds(5));
  CHECK(finding.sentence ==
        "errors: canary 30.0% of 600 requests, baseline 1% of 6,000; limit 2x and +0.5pp, and 5%; found 5 s "
        "after the deploy; chance of a false alarm at most 1%; no healthy group of the baseline looked like "
        "this");
}

TEST_CASE("a breach that set in late is counted from then on and names the worst values") {
  Story story = after_history();
  story.ticks(24, good, good).ticks(10, counts(100, 30), good);
  story.window.slices = {{"route=\"/pay\"", 100, 50, 900, 1}, {"route=\"/\"", 100, 0, 900, 1}};
  const Finding finding = story.judge();
  CHECK(finding.since == story.window.deployed_at + std::chrono::minutes(2));
  CHECK(
      finding.sentence ==
      "errors: canary 30.0% of 1,000 requests, baseline 1% of 10,000; limit 2x and +0.5pp, and 5%; found 2 "
      "min 5 s after the deploy, wrong since 2 min after it; chance of a false alarm at most 1%; no healthy "
      "group of the baseline looked like this; worst at route=\"/pay\"");
}

TEST_CASE("a breach of a restless baseline says how restless") {
  Story story;
  for (std::size_t t = 0; t < 68; ++t) {
    std::vector<MemberTick> baseline(10, good);
    baseline[t % 10] = counts(100, 12);
    story.tick({counts(100, t < 64 ? 1 : 60)}, baseline);
  }
  CHECK(
      story.judge().sentence ==
      "errors: canary 60.0% of 400 requests, baseline 2.1% of 4,000; limit 2x and +0.5pp, and 5%; found 25 s "
      "after the deploy, wrong since 20 s after it; chance of a false alarm at most 1%; errors come in "
      "bursts of about 8; the most unlike of the baseline's healthy groups reached 27.7% of the evidence "
      "it takes");
}

TEST_CASE("a breach stays one when the canary recovers") {
  Story story = after_history();
  story.ticks(6, counts(100, 30), good).judge();
  const Finding finding = story.ticks(40, good, good).judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.decided_at == story.window.deployed_at + std::chrono::seconds(5));
}

TEST_CASE("the sure canary is healthy") {
  Story story = after_history();
  const Finding finding = story.ticks(100, good, good).judge();
  CHECK(finding.outcome == Outcome::healthy);
  CHECK(
      finding.sentence ==
      "errors: canary 1% of 10,000 requests, baseline 1% of 100,000; limit 2x and +0.5pp, and 5%; inside it, "
      "at 95% confidence");
}

TEST_CASE("an undecided canary says how many requests are needed and when they will be there") {
  Story story = after_history();
  const Finding finding = story.ticks(4, good, good).judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK_FALSE(finding.suspicious);
  CHECK_FALSE(finding.nothing_seen);
  CHECK(finding.sentence ==
        "errors: canary 1% of 400 requests, baseline 1% of 4,000; limit 2x and +0.5pp, and 5%; about 1,059 "
        "requests of the canary are needed to be sure, in 33 s at the present rate");
}

TEST_CASE("too little traffic for the window is said") {
  Story story = after_history();
  CHECK(
      story.ticks(4, counts(2, 0), good).judge().sentence ==
      "errors: canary 0% of 8 requests, baseline 1% of 4,000; limit 2x and +0.5pp, and 5%; about 1,059 "
      "requests of the canary are needed to be sure, in 43 min 47 s at the present rate, after the window's "
      "end");
}

TEST_CASE("a baseline a hair below the limit makes no number of requests nor a time without end") {
  for (const double bad : {49'999'999.0, 49'999'990.0}) {
    Story story(ratio_check(), {.baseline_members = 1, .history_ticks = 0});
    const Finding finding = story.ticks(4, counts(2, 0), counts(1e9, bad)).judge();
    CHECK(finding.sentence.find("; too close to its limit to be sure that it is inside;") !=
          std::string::npos);
  }
}

TEST_CASE("a canary that looks worse says how near a decision is") {
  Story story = after_history();
  const Finding finding = story.ticks(2, counts(100, 8), good).judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK(finding.suspicious);
  CHECK(
      finding.sentence ==
      "errors: canary 8% of 200 requests, baseline 1% of 2,000; limit 2x and +0.5pp, and 5%; it looks worse "
      "than its limit allows, 96.7% of the evidence that a decision takes");
}

TEST_CASE("no traffic is nothing seen and said so whether it never was or has ended") {
  Story never = after_history();
  const Finding finding = never.ticks(10, counts(0, 0), good).judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK(finding.nothing_seen);
  CHECK(finding.sentence == "errors: the canary has had no traffic");

  Story ended = after_history();
  const Finding later = ended.ticks(10, good, good).ticks(4, counts(0, 0), good).judge();
  CHECK(later.nothing_seen);
  CHECK(later.sentence ==
        "errors: canary 1% of 1,000 requests, baseline 1% of 14,000; limit 2x and +0.5pp, and 5%; the canary "
        "has no traffic now");

  Story other = after_history(ratio_check(), {.history_ticks = 0});
  CHECK(other.ticks(3, good, counts(0, 0))
            .judge()
            .sentence.starts_with("errors: canary 1% of 300 requests; limit 2x and +0.5pp, and 5%; the "
                                  "baseline has had no traffic to "
                                  "compare with"));
}

TEST_CASE("a canary that cannot be seen or has no series is neither healthy nor a breach") {
  Story blind = after_history();
  blind.ticks(10, good, good);
  blind.window.canary.targets_up = 0;
  blind.window.canary.problem = Error(ErrorKind::unreachable, "scrape http://c/metrics: connection refused");
  const Finding finding = blind.judge();
  CHECK(finding.outcome == Outcome::source_error);
  CHECK(finding.sentence ==
        "errors: cannot see the canary: 0 of 1 targets answer (scrape http://c/metrics: connection refused)");

  Story unnamed = after_history();
  unnamed.ticks(3, counts(0, 0), good).window.canary.series_found = false;
  CHECK(unnamed.judge().sentence ==
        "errors: the canary does not expose its series; check the selector and `where`");
}

TEST_CASE("a shared failure accuses nobody") {
  Story story = after_history();
  const Finding finding = story.ticks(10, good, good).ticks(3, counts(100, 40), counts(100, 40)).judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.shared_failure);
  CHECK(finding.sentence ==
        "errors: canary 40.0% of 300 requests, baseline 40.0% of 3,000; limit 2x and +0.5pp, and 5%; the "
        "whole baseline is failing too, so the cause is not this release: nothing is concluded from it");
}

TEST_CASE("a baseline that is over the limit for good is no outage") {
  Check check = ratio_check();
  check.max_increase.reset();
  Story story(check);
  story.ticks(60, absent(), counts(100, 12));
  const Finding finding = story.ticks(10, counts(100, 12), counts(100, 12)).judge();
  CHECK(finding.shared_failure);
  CHECK(finding.sentence ==
        "errors: canary 12.0% of 300 requests, baseline 12.0% of 3,000; limit 5%; the baseline is over it "
        "too, so "
        "the cause is not this release: nothing is concluded from it");
}

TEST_CASE("a limit of nothing at all is judged like any other") {
  Check check = ratio_check();
  check.max_increase.reset();
  check.max = 0;
  Story bad(check);
  bad.ticks(60, absent(), counts(100, 0));
  const Finding finding = bad.ticks(6, counts(100, 30), counts(100, 0)).judge();
  CHECK(accused(finding));
  CHECK(std::isfinite(*finding.log_evidence));
  Story good(check);
  good.ticks(60, absent(), counts(100, 0));
  const Finding fine = good.ticks(20, counts(100, 0), counts(100, 0)).judge();
  CHECK(fine.outcome == Outcome::not_enough_data);
  CHECK(std::isfinite(*fine.log_evidence));
}

TEST_CASE("one member of the baseline is said to teach nothing about differences") {
  Story story(ratio_check(), {.baseline_members = 1});
  story.ticks(60, absent(), counts(900, 9));
  CHECK(story.ticks(8, counts(100, 40), counts(900, 9)).judge().sentence ==
        "errors: canary 40.0% of 800 requests, baseline 1% of 7,200; limit 2x and +0.5pp, and 5%; found 5 s "
        "after the deploy; chance of a false alarm at most 1%; the baseline "
        "is one group, so how much members differ is not known");
}

TEST_CASE("without a baseline an absolute limit is judged and what it cannot tell is said") {
  Check check = ratio_check();
  check.max_increase.reset();
  const StoryShape alone{.baseline_members = 0, .history_ticks = 0};
  Story broken(check, alone);
  const Finding finding = broken.ticks(8, counts(100, 50), absent()).judge();
  CHECK(accused(finding));
  CHECK(
      finding.sentence ==
      "errors: canary 50.0% of 800 requests; limit 5%; found 10 s after the deploy; chance of a false alarm "
      "at most 1%; there is no baseline, so an outage of others cannot be "
      "told from a fault of the canary");
  Story healthy(check, alone);
  CHECK(healthy.ticks(100, counts(100, 0), absent()).judge().sentence ==
        "errors: canary 0% of 10,000 requests; limit 5%; inside it, at 95% confidence");
  // A relative limit cannot be judged, so nothing is healthy; the absolute one still finds what is broken.
  Story relative(ratio_check(), alone);
  CHECK(relative.ticks(8, good, absent()).judge().outcome == Outcome::source_error);
  CHECK(accused(relative.ticks(8, counts(100, 50), absent()).judge()));
}

TEST_CASE("a cold start is said with how long the baseline was seen") {
  Story cold = after_history(ratio_check(), {.history_ticks = 0});
  CHECK(cold.ticks(8, counts(100, 40), good).judge().sentence ==
        "errors: canary 40.0% of 800 requests, baseline 1% of 8,000; limit 2x and +0.5pp, and 5%; found 10 s "
        "after the deploy; chance of a false alarm at most 1%; cold start: the baseline was not seen before "
        "the deploy; no healthy group of the baseline looked like this");
  Story cool = after_history(ratio_check(), {.history_ticks = 4});
  CHECK(cool.ticks(4, good, good).judge().sentence ==
        "errors: canary 1% of 400 requests, baseline 1% of 4,000; limit 2x and +0.5pp, and 5%; about 1,168 "
        "requests of the canary are needed to be sure, in 39 s at the present rate; cold start: the baseline "
        "was seen for only 20 s before the deploy");
}

TEST_CASE("a member that was ill before the deploy is named") {
  Story story;
  for (int t = 0; t < 64; ++t) {
    std::vector<MemberTick> baseline(10, good);
    baseline[3] = counts(100, 20);
    story.tick({good}, baseline);
  }
  CHECK(story.judge().sentence.ends_with("left out of the baseline: stable-4, ill before the deploy"));
}

TEST_CASE("latency and gauges speak of their own quantities") {
  Story latency(latency_check());
  latency.ticks(60, absent(), fast);
  CHECK(
      latency.ticks(4, slow, fast).judge().sentence ==
      "latency p99: canary 2.5s over 4,000 requests, baseline 472ms over 40,000; limit 1.5x, and 1s; found 5 "
      "s after the deploy; chance of a false alarm at most 1%; no healthy group of the baseline looked like "
      "this");
  Story gauge(gauge_check());
  gauge.ticks(60, absent(), reading(500));
  CHECK(gauge.ticks(6, reading(500), reading(500)).judge().sentence ==
        "memory: canary 500 over 6 readings, baseline 500 over 60; limit 1.3x, and 900; not yet sure that it "
        "is inside its limit");
  CHECK(gauge.ticks(90, reading(500), reading(500)).judge().sentence ==
        "memory: canary 500 over 96 readings, baseline 500 over 960; limit 1.3x, and 900; inside it, at 95% "
        "confidence");
}

TEST_CASE("a baseline that the release has replaced is told and what it is compared with instead") {
  Story story = after_history();
  story.window.baseline.replaced_for = std::chrono::seconds(30);
  story.window.baseline.remembered = true;
  CHECK(story.ticks(6, counts(100, 30), good)
            .judge()
            .sentence.find("the baseline's instances were all replaced 30 s ago: compared with what they did "
                           "before, so an outage "
                           "of others cannot be told from a fault of the canary") != std::string::npos);
  story.window.baseline.remembered = false;
  CHECK(story.judge().sentence.find("were all replaced 30 s ago: nothing is left to compare with") !=
        std::string::npos);
}

}  // namespace davy::judge

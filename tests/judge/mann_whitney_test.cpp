// The comparison by rank test on windows written by hand.

#include "judge/mann_whitney/mann_whitney.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>

namespace davy::judge {
namespace {

using namespace std::chrono_literals;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Check relative_check() {
  Check check;
  check.name = "errors";
  check.max_increase = Increase{Increase::Kind::relative, 1.0};
  return check;
}

Check absolute_check() {
  Check check = relative_check();
  check.max_increase.reset();
  check.max = 0.05;
  return check;
}

Check gauge_check() {
  Check check = relative_check();
  check.name = "queue";
  check.kind = CheckKind::gauge;
  check.unit = Unit::count;
  check.min_samples = 3;
  return check;
}

// A window under construction, one member a side.
struct Story {
  explicit Story(Check c = relative_check()) : check(std::move(c)) {
    window.check = check.name;
    window.deployed_at = window.now = Instant(1h);
    window.canary.members = {"canary-1"};
    window.baseline.members = {"stable-1"};
    for (SideSight* side : {&window.canary, &window.baseline}) {
      side->targets = side->targets_up = side->targets_min = 1;
      side->series_found = true;
    }
  }

  Story& tick(MemberTick canary, MemberTick baseline, Duration length = 5s, bool judged = true) {
    window.now += length;
    window.ticks.push_back({window.now, length, judged, {std::move(canary)}, {std::move(baseline)}});
    return *this;
  }

  // A minute in ticks of five seconds with this many requests and errors on each side.
  Story& minute(double canary_total, double canary_bad, double baseline_total, double baseline_bad) {
    for (int i = 0; i < 12; ++i)
      tick({true, canary_total / 12, canary_bad / 12, 0, {}},
           {true, baseline_total / 12, baseline_bad / 12, 0, {}});
    return *this;
  }

  // A minute of a gauge in one reading.
  Story& reading(double canary, double baseline) {
    return tick({true, 1, 0, canary, {}}, {true, 1, 0, baseline, {}}, 60s);
  }

  Finding judge() const { return make_mann_whitney(check)->compare(window); }

  Check check;
  Window window;
};

}  // namespace

TEST_CASE("three minutes of a canary that clearly fails more are a breach") {
  Story story;
  story.minute(100, 29, 900, 4).minute(100, 30, 900, 3).minute(100, 31, 900, 5);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK_FALSE(finding.suspicious);
  CHECK_FALSE(finding.shared_failure);
  CHECK(finding.evidence == 1);
  CHECK(finding.canary.value == doctest::Approx(0.3));
  CHECK(finding.canary.samples == doctest::Approx(300));
  CHECK(finding.limit == doctest::Approx(2 * 4 / 900.0));
  CHECK(finding.sentence ==
        "errors: canary 30.0% on average over 3 minutes (300 requests), baseline 0.44% over 3 (2,700); limit "
        "max_increase 100% (now 0.89%); rank test High, up by 28.4pp to 30.7pp");
}

TEST_CASE("two minutes are too few and the sentence says when there will be enough") {
  Story story;
  story.minute(100, 29, 900, 4).minute(100, 30, 900, 3);
  for (int i = 0; i < 4; ++i) story.tick({true, 8, 4, 0, {}}, {true, 75, 0, 0, {}});
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK(finding.sentence ==
        "errors: the canary has 2 one-minute points, 3 are needed (in about 40 s) and the baseline has 2 "
        "one-minute points, 3 are needed (in about 40 s)");
}

TEST_CASE("points with too few events behind them are not enough") {
  Story story;
  for (int i = 0; i < 3; ++i) story.minute(4, 2, 900, 4);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK(finding.sentence ==
        "errors: the canary has 12 requests, 20 are needed (in about 2 min at this rate)");
}

TEST_CASE("a canary like its baseline is healthy") {
  Story story;
  story.minute(100, 1, 900, 4).minute(100, 0, 900, 9).minute(100, 1, 900, 11).minute(100, 0, 900, 2);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::healthy);
  CHECK(finding.sentence.ends_with("; rank test Pass"));
}

TEST_CASE("a certain but small increase is within max_increase") {
  Story story;
  for (const double errors : {18, 19, 20, 21}) story.minute(1000, errors, 1000, errors - 8);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::healthy);
  CHECK(finding.sentence.find("rank test High") != std::string::npos);
  story.check.max_increase = Increase{Increase::Kind::absolute, 0.005};
  CHECK(story.judge().outcome == Outcome::breach);
  story.check.max_increase = Increase{Increase::Kind::absolute, 0.009};
  CHECK(story.judge().outcome == Outcome::healthy);
  story.check.max_increase = Increase{Increase::Kind::relative, 0.5};
  CHECK(story.judge().outcome == Outcome::breach);
  story.check.ignore_increase_below = 0.01;
  CHECK(story.judge().outcome == Outcome::healthy);
}

TEST_CASE("small error ratios are told apart like large ones") {
  // The search for the interval is right to 1e-4, more than all of these.
  Story story;
  for (const double errors : {3, 4, 5, 4}) story.minute(1e6, errors * 10, 1e6, errors);
  CHECK(story.judge().outcome == Outcome::breach);
  Story same;
  for (const double errors : {3, 4, 5, 4}) same.minute(1e6, errors, 1e6, 8 - errors);
  CHECK(same.judge().outcome == Outcome::healthy);
}

TEST_CASE("errors in some minutes against none are not certain") {
  Story story;
  for (const double errors : {0, 1, 2, 1, 0, 0}) story.minute(100, errors, 900, 0);
  CHECK(story.judge().outcome == Outcome::healthy);
  for (int i = 0; i < 9; ++i) story.minute(100, 1, 900, 0);
  CHECK(story.judge().outcome == Outcome::breach);
}

TEST_CASE("the rank test does not know how much traffic stands behind a point") {
  const auto outcome = [](double requests) {
    Story story;
    story.check.min_samples = 3;
    for (const double share : {0.0, 1.0, 0.0, 1.0, 0.0}) story.minute(requests, requests * share, 900, 9);
    return story.judge().outcome;
  };
  CHECK(outcome(1) == outcome(10000));
}

TEST_CASE("max needs six minutes whose middle is certainly above it") {
  Story story(absolute_check());
  const double errors[] = {7, 8, 6, 9, 7, 8};
  for (int i = 0; i < 5; ++i) story.minute(100, errors[i], 900, 4);
  CHECK(story.judge().outcome == Outcome::not_enough_data);
  CHECK(story.judge().sentence == "errors: the canary has 5 one-minute points, 6 are needed (in about 60 s)");
  story.minute(100, errors[5], 900, 4);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.sentence ==
        "errors: canary 7.5% on average over 6 minutes (600 requests), baseline 0.44% over 6 (5,400); limit "
        "max 5%; the canary is above 6% with 98% confidence");
}

TEST_CASE("one wild minute is not above max") {
  Story story(absolute_check());
  for (const double errors : {0, 0, 90, 0, 1, 0, 0}) story.minute(100, errors, 900, 4);
  CHECK(story.judge().outcome == Outcome::healthy);
}

TEST_CASE("a max that the baseline is over too is a shared failure") {
  Story story(absolute_check());
  for (const double errors : {7, 8, 6, 9, 7, 8}) story.minute(100, errors, 900, errors * 8);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.shared_failure);
  CHECK(finding.sentence.ends_with("the baseline is over it too, so the cause is not this release"));
}

TEST_CASE("an increase is a breach before max has its six minutes") {
  Story story;
  story.check.max = 0.9;
  for (const double errors : {29, 30, 31}) story.minute(100, errors, 900, 4);
  CHECK(story.judge().outcome == Outcome::breach);
  Story healthy;
  healthy.check.max = 0.9;
  for (int i = 0; i < 3; ++i) healthy.minute(100, 1, 900, 9);
  CHECK(healthy.judge().outcome == Outcome::not_enough_data);
}

TEST_CASE("minutes without traffic are no points") {
  Story story;
  for (int i = 0; i < 3; ++i) story.minute(0, 0, 900, 4);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK(finding.nothing_seen);
  CHECK(finding.sentence == "errors: the canary has had no traffic");
}

TEST_CASE("a minute of which less than half was seen is no point") {
  Story story;
  story.minute(100, 30, 900, 4).minute(100, 30, 900, 4);
  for (int i = 0; i < 12; ++i) story.tick({i < 5, 8, 8, 0, {}}, {true, 75, 0, 0, {}});
  CHECK(story.judge().outcome == Outcome::not_enough_data);
  for (std::size_t i = story.window.ticks.size() - 12; i < story.window.ticks.size() - 6; ++i)
    story.window.ticks[i].canary[0].present = true;
  CHECK(story.judge().outcome == Outcome::breach);
}

TEST_CASE("what is not judged makes no points") {
  Story story;
  for (int i = 0; i < 5; ++i) story.tick({true, 100, 90, 0, {}}, {true, 900, 4, 0, {}}, 60s, false);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK_FALSE(finding.nothing_seen);
  CHECK(finding.sentence == "errors: still warming up");
}

TEST_CASE("an unseen side is a source error unless the canary already fails on its own") {
  Story story;
  for (int i = 0; i < 4; ++i) story.minute(100, 30 + i, 900, 4);
  story.window.baseline.targets_up = 0;
  CHECK(story.judge().outcome == Outcome::source_error);
  CHECK(story.judge().sentence == "errors: cannot see the baseline: 0 of 1 targets answer");
  story.window.baseline.targets_up = 1;
  story.window.canary.targets_up = 0;
  CHECK(story.judge().outcome == Outcome::source_error);
  CHECK(story.judge().sentence == "errors: cannot see the canary: 0 of 1 targets answer");
}

TEST_CASE("a gauge is judged by its readings and what is not a number is never a pass") {
  Story story(gauge_check());
  story.reading(30, 10).reading(32, 11).reading(31, 9);
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(
      finding.sentence.starts_with("queue: canary 31 on average over 3 minutes (3 readings), baseline 10 "));
  Story missing(gauge_check());
  missing.reading(30, 10).reading(nan, 11).reading(31, 9);
  CHECK(missing.judge().outcome == Outcome::not_enough_data);
  Story infinite(gauge_check());
  infinite.reading(inf, 10).reading(10, 11).reading(9, 9);
  CHECK(infinite.judge().outcome == Outcome::not_enough_data);
  CHECK(infinite.judge().sentence == "queue: the rank test has no answer, as a value is not a finite number");
}

TEST_CASE("below zero up is still up") {
  Story story(gauge_check());
  story.reading(-5, -50).reading(-6, -51).reading(-7, -52);
  CHECK(story.judge().outcome == Outcome::breach);
  Story down(gauge_check());
  down.reading(-50, -5).reading(-51, -6).reading(-52, -7);
  CHECK(down.judge().outcome == Outcome::healthy);
}

TEST_CASE("latency points are quantiles of the minute's summed buckets") {
  Check check = relative_check();
  check.name = "latency";
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.quantile = 0.5;
  Story story(check);
  story.window.bounds = {0.1, 0.2, 0.4, inf};
  for (int minute = 0; minute < 3; ++minute) {
    // Half of the minute all fast and half all slow: the sum's median is at the edge between them.
    for (const double slow : {0.0, 10.0})
      story.tick({true, 10, 0, 0, {10 - slow, 0, slow, 0}}, {true, 10, 0, 0, {10, 0, 0, 0}}, 30s);
  }
  const Finding finding = story.judge();
  CHECK(finding.canary.value == doctest::Approx(0.1));
  CHECK(finding.baseline.value == doctest::Approx(0.05));
  CHECK(finding.outcome == Outcome::healthy);  // twice as much, which is what is allowed
  CHECK(finding.sentence.starts_with("latency p50: canary 100ms on average over 3 minutes (60 requests)"));
  story.check.max_increase = Increase{Increase::Kind::absolute, 0.04};
  CHECK(story.judge().outcome == Outcome::breach);
}

TEST_CASE("the order of the minutes and the unit of the values change no outcome") {
  std::vector<std::pair<double, double>> minutes{{5, 1}, {9, 2}, {6, 2}, {8, 1}, {4, 2}, {7, 1}};
  const auto outcome = [&](double unit) {
    Story story(gauge_check());
    for (const auto& [canary, baseline] : minutes) story.reading(canary * unit, baseline * unit);
    return story.judge().outcome;
  };
  const Outcome expected = outcome(1);
  CHECK(expected == Outcome::breach);
  std::sort(minutes.begin(), minutes.end());
  do {
    CHECK(outcome(1) == expected);
  } while (std::next_permutation(minutes.begin(), minutes.end()));
  for (const double unit : {1e-9, 1e-4, 1e6, 1e12}) CHECK(outcome(unit) == expected);
}

}  // namespace davy::judge

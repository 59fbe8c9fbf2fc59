// The number of a query held against its limits.

#include "judge/threshold/threshold.hpp"

#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using namespace std::chrono_literals;

struct Story {
  explicit Story(std::optional<Increase> increase = {}) {
    check.name = "queue";
    check.kind = CheckKind::promql;
    check.method = Method::threshold;
    check.unit = Unit::count;
    check.min_samples = 1;
    check.confirmations = 3;
    check.lookback = 0s;
    check.canary_query = "avg(queue_depth{version=\"new\"})";
    check.max = 1000;
    check.max_increase = increase;
    comparison = make_threshold(check);
    window.check = check.name;
    window.deployed_at = window.now = Instant(1h);
    window.canary.members = window.baseline.members = {"query"};
    for (SideSight* side : {&window.canary, &window.baseline}) {
      side->targets = side->targets_up = side->targets_min = 1;
      side->asked = true;
    }
  }

  Finding round(std::optional<double> canary, std::optional<double> baseline = {}) {
    window.now += 5s;
    const auto tick = [](std::optional<double> value) {
      MemberTick out;
      out.present = value.has_value();
      out.total = value ? 1 : 0;
      out.value = value.value_or(0);
      return out;
    };
    Tick t;
    t.at = window.now;
    t.length = 5s;
    t.judged = true;
    t.canary = {tick(canary)};
    t.baseline = {tick(baseline)};
    window.ticks.push_back(t);
    window.canary.series_found = canary.has_value();
    return comparison->compare(window);
  }

  Check check;
  std::unique_ptr<Comparison> comparison;
  Window window;
};

}  // namespace

TEST_CASE("a query over its limit breaches when it was so in enough rounds in a row") {
  Story story;
  CHECK(story.round(900).outcome == Outcome::healthy);
  CHECK(story.round(1200).suspicious);
  CHECK(story.round(1200).suspicious);
  const Finding finding = story.round(1234);
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.canary.value == 1234.0);
  CHECK(finding.sentence ==
        "queue: canary 1,234; limit max 1,000 (promql avg(queue_depth{version=\"new\"})); over it for 10 s");
}

TEST_CASE("the newest number alone is judged and none of an earlier round") {
  Story story;
  for (int i = 0; i < 3; ++i) story.round(1200);
  const Finding finding = story.round(10);
  CHECK(finding.outcome == Outcome::healthy);
  CHECK(finding.canary.value == 10.0);
  CHECK(finding.canary.samples == 1);
}

TEST_CASE("rounds without a number neither confirm nor clear and are no verdict") {
  Story story;
  story.round(1200);
  for (int i = 0; i < 10; ++i) {
    story.window.canary.problem = Error(ErrorKind::not_found, "ask http://p: the query gives nothing");
    const Finding finding = story.round({});
    CHECK(finding.outcome == Outcome::not_enough_data);
    CHECK_FALSE(finding.suspicious);
    CHECK(finding.nothing_seen);
    CHECK(finding.sentence == "queue: no number of the canary (ask http://p: the query gives nothing)");
  }
  CHECK(story.round(1200).suspicious);
  CHECK(story.round(1200).outcome == Outcome::breach);
}

TEST_CASE("an unanswered query is blindness and never guilt") {
  Story story;
  story.round(1200);
  story.round(1200);
  story.window.canary.targets_up = 0;
  story.window.canary.problem = Error(ErrorKind::unreachable, "ask http://p: connection refused");
  for (int i = 0; i < 10; ++i) {
    const Finding finding = story.comparison->compare(story.window);
    CHECK(finding.outcome == Outcome::source_error);
    CHECK(finding.sentence == "queue: cannot see the canary: ask http://p: connection refused");
  }
}

TEST_CASE("a query is compared with the baseline's number of the same round") {
  Story story(Increase{Increase::Kind::relative, 0.5});
  CHECK(story.round(140, 100).outcome == Outcome::healthy);
  CHECK(story.round(160, {}).outcome == Outcome::not_enough_data);
  story.round(160, 100);
  story.round(160, 100);
  const Finding finding = story.round(160, 100);
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.limit == 150.0);
}

TEST_CASE("a baseline that is over the limit too makes it somebody else's outage") {
  Story story;
  for (int i = 0; i < 3; ++i) story.round(1300, 1200);
  const Finding finding = story.round(1300, 1200);
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.shared_failure);
}

}  // namespace davy::judge

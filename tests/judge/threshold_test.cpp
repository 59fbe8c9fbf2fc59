// The threshold comparison on windows written by hand.

#include "judge/threshold/threshold.hpp"

#include "judge/judge.hpp"
#include "judge/stats/histogram_quantile.hpp"

#include <doctest/doctest.h>
#include <limits>

namespace davy::judge {
namespace {

using namespace std::chrono_literals;

Check errors_check() {
  Check check;
  check.name = "errors";
  check.max = 0.05;
  check.max_increase = Increase{Increase::Kind::relative, 1.0};
  check.ignore_increase_below = 0.005;
  check.lookback = 10s;
  return check;
}

// A window under construction: one tick of 5 s at a time.
struct Story {
  explicit Story(Check c = errors_check()) : check(std::move(c)), comparison(make_threshold(check)) {
    window.check = check.name;
    window.deployed_at = window.now = Instant(1h);
    window.canary.members = {"canary-1"};
    window.baseline.members = {"stable-1", "stable-2"};
    for (SideSight* side : {&window.canary, &window.baseline}) {
      side->targets = side->targets_up = side->targets_min = 1;
      side->series_found = true;
    }
  }

  Story& tick(double canary_total, double canary_bad, double baseline_total, double baseline_bad,
              bool judged = true) {
    window.now += 5s;
    Tick t;
    t.at = window.now;
    t.length = 5s;
    t.judged = judged;
    t.canary = {MemberTick{true, canary_total, canary_bad, 0, {}}};
    t.baseline = {MemberTick{true, baseline_total / 2, baseline_bad / 2, 0, {}},
                  MemberTick{true, baseline_total / 2, baseline_bad / 2, 0, {}}};
    window.ticks.push_back(t);
    return *this;
  }

  Finding judge() { return comparison->compare(window); }

  Check check;
  std::unique_ptr<Comparison> comparison;
  Window window;
};

}  // namespace

TEST_CASE("a failing canary is suspected first and accused when it is confirmed") {
  Story story;
  Finding first = story.tick(100, 30, 900, 4).judge();
  CHECK(first.outcome == Outcome::not_enough_data);
  CHECK(first.suspicious);
  Finding second = story.tick(100, 28, 900, 4).judge();
  CHECK(second.outcome == Outcome::breach);
  CHECK_FALSE(second.shared_failure);
  CHECK(second.sentence ==
        "errors: canary 29.0% of 200 requests, baseline 0.44% of 1,800; limit max 5% and max_increase 100% "
        "(now 0.94%); "
        "over it for 5 s");
}

TEST_CASE("a round in which nothing new was learned confirms nothing") {
  Story story;
  story.tick(100, 30, 900, 4);
  CHECK(story.judge().suspicious);
  CHECK(story.judge().suspicious);
  CHECK(story.judge().suspicious);
}

TEST_CASE("a healthy canary is healthy and says by how much") {
  Story story;
  const Finding finding = story.tick(100, 0, 900, 4).judge();
  CHECK(finding.outcome == Outcome::healthy);
  CHECK(finding.sentence ==
        "errors: canary 0% of 100 requests, baseline 0.44% of 900; limit max 5% and max_increase 100% (now "
        "0.94%)");
}

TEST_CASE("a few requests decide nothing and the sentence says how many are missing") {
  Story story;
  const Finding finding = story.tick(5, 5, 900, 4).judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK_FALSE(finding.suspicious);
  CHECK(finding.sentence == "errors: the canary has 5 requests, 20 are needed (in about 15 s at this rate)");
}

TEST_CASE("one or two errors among few requests are not a breach") {
  Story story;
  CHECK(story.tick(20, 2, 900, 4).judge().outcome == Outcome::healthy);
  CHECK(story.tick(20, 2, 900, 4).judge().suspicious);
}

TEST_CASE("little traffic is judged over a longer stretch") {
  Story story;
  story.check.confirmations = 1;
  story.comparison = make_threshold(story.check);
  for (int i = 0; i < 4; ++i) CHECK(story.tick(4, 2, 900, 4).judge().outcome == Outcome::not_enough_data);
  CHECK(story.tick(4, 2, 900, 4).judge().outcome == Outcome::breach);  // 20 requests over 25 s
}

TEST_CASE("no traffic is nothing seen and never health") {
  Story story;
  const Finding finding = story.tick(0, 0, 900, 4).judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK(finding.nothing_seen);
  CHECK(finding.sentence == "errors: the canary has had no traffic");
}

TEST_CASE("a missing series is named") {
  Story story;
  story.window.canary.series_found = false;
  CHECK(story.tick(0, 0, 900, 4).judge().sentence ==
        "errors: the canary does not expose its series; check the selector and `where`");
}

TEST_CASE("warming up is not judged") {
  Story story;
  const Finding finding = story.tick(100, 100, 900, 4, false).judge();
  CHECK(finding.outcome == Outcome::not_enough_data);
  CHECK_FALSE(finding.nothing_seen);
  CHECK(finding.sentence == "errors: still warming up");
}

TEST_CASE("an unreachable canary is a source error with its reason") {
  Story story;
  story.window.canary.targets_up = 0;
  story.window.canary.problem = Error(ErrorKind::unreachable, "scrape http://c/metrics: connection refused");
  const Finding finding = story.tick(0, 0, 900, 4).judge();
  CHECK(finding.outcome == Outcome::source_error);
  CHECK(finding.sentence ==
        "errors: cannot see the canary: 0 of 1 targets answer (scrape http://c/metrics: connection refused)");
}

TEST_CASE("S39 without a baseline relative limits hold and absolute ones still work") {
  Story story;
  story.window.baseline.targets_up = 0;
  CHECK(story.tick(100, 1, 0, 0).judge().outcome == Outcome::source_error);
  CHECK(story.tick(100, 30, 0, 0).judge().suspicious);
  CHECK(story.tick(100, 30, 0, 0).judge().outcome == Outcome::breach);
}

TEST_CASE("S32 fewer targets than min_targets is not seeing") {
  Story story;
  story.window.baseline.targets = story.window.baseline.targets_min = 10;
  const Finding finding = story.tick(100, 1, 900, 4).judge();
  CHECK(finding.outcome == Outcome::source_error);
  CHECK(finding.sentence == "errors: cannot see the baseline: 1 of 10 targets answer and min_targets is 10");
}

TEST_CASE("a failure that the baseline shares is marked as shared") {
  Story story;
  story.tick(100, 30, 900, 250).judge();
  const Finding finding = story.tick(100, 30, 900, 250).judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.shared_failure);
  CHECK(finding.sentence.ends_with("the baseline is over it too, so the cause is not this release"));
}

TEST_CASE("a canary clearly worse than a sick baseline is still accused") {
  Story story;
  story.tick(100, 90, 900, 70).judge();
  const Finding finding = story.tick(100, 90, 900, 70).judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK_FALSE(finding.shared_failure);
}

TEST_CASE("an increase below ignore_increase_below is never a breach") {
  Story story;
  story.check.max.reset();
  story.check.ignore_increase_below = 0.05;
  story.comparison = make_threshold(story.check);
  story.tick(1000, 40, 9000, 9).judge();
  CHECK(story.tick(1000, 40, 9000, 9).judge().outcome == Outcome::healthy);
}

TEST_CASE("latency is judged by the quantile that Prometheus would show") {
  Check check;
  check.name = "latency";
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.quantile = 0.99;
  check.max = 0.8;
  check.lookback = 10s;
  check.confirmations = 1;
  Story story(check);
  story.window.bounds = {0.1, 0.5, 1, std::numeric_limits<double>::infinity()};
  story.tick(100, 0, 900, 0);
  story.window.ticks.back().canary[0].buckets = {50, 40, 10, 0};
  const Finding finding = story.judge();
  CHECK(finding.canary.value == doctest::Approx(0.95));
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.sentence.starts_with("latency p99: canary 950ms over 100 requests"));
}

TEST_CASE("quantiles are interpolated within their bucket") {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> bounds{1, 2, 4, inf};
  const auto q = [&](double quantile, std::vector<double> counts) {
    return histogram_quantile(quantile, bounds, counts);
  };
  CHECK(q(0.5, {10, 10, 0, 0}) == doctest::Approx(1));
  CHECK(q(0.75, {10, 10, 0, 0}) == doctest::Approx(1.5));
  CHECK(q(0.9, {0, 0, 10, 0}) == doctest::Approx(3.8));
  CHECK(q(0.99, {0, 0, 0, 10}) == doctest::Approx(4));
  CHECK_FALSE(q(0.5, {0, 0, 0, 0}).has_value());
  CHECK_FALSE(histogram_quantile(0.5, std::vector<double>{inf}, std::vector<double>{3}).has_value());
  CHECK(histogram_quantile(0.1, std::vector<double>{-1, 1, inf}, std::vector<double>{5, 5, 0}) == -1);
}

TEST_CASE("the worst finding decides and warnings never do") {
  const std::map<Severity, Response> responses{
      {Severity::p0, Response::rollback}, {Severity::p2, Response::hold}, {Severity::p3, Response::warn}};
  const auto finding = [](const char* name, Outcome outcome, Severity severity) {
    Finding f;
    f.check = f.sentence = name;
    f.outcome = outcome;
    f.severity = severity;
    return f;
  };
  const auto kind = [&](std::vector<Finding> findings) {
    return summarise(std::move(findings), responses, {}).kind;
  };
  CHECK(kind({finding("a", Outcome::healthy, Severity::p0)}) == VerdictKind::healthy);
  CHECK(kind({finding("a", Outcome::source_error, Severity::p0),
              finding("b", Outcome::breach, Severity::p0)}) == VerdictKind::breach);
  CHECK(kind({finding("a", Outcome::breach, Severity::p2)}) == VerdictKind::hold);
  CHECK(kind({finding("a", Outcome::breach, Severity::p3)}) == VerdictKind::healthy);
  CHECK(kind({finding("a", Outcome::healthy, Severity::p0),
              finding("b", Outcome::source_error, Severity::p3)}) == VerdictKind::blind);
  CHECK(summarise({finding("a", Outcome::healthy, Severity::p0), finding("b", Outcome::breach, Severity::p0)},
                  responses, {})
            .blamed_check == "b");
}

TEST_CASE("state saved and restored at any tick gives the identical rest") {
  const auto feed = [](Story& story, int i) { story.tick(50, i % 3 == 0 ? 20 : 0, 900, 4); };
  for (int cut = 0; cut < 12; ++cut) {
    Story whole;
    Story first;
    Story second;
    for (int i = 0; i < 12; ++i) {
      feed(whole, i);
      Story& part = i < cut ? first : second;
      if (i == cut) {
        second.comparison->restore(first.comparison->save());
        second.window = first.window;
      }
      feed(part, i);
      CHECK(whole.judge().sentence == part.judge().sentence);
      CHECK(whole.comparison->save() == part.comparison->save());
    }
  }
}

}  // namespace davy::judge

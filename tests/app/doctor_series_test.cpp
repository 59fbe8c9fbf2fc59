// What davy doctor says of the series that checks select, of buckets and of traffic.

#include "app/doctor/histogram_examination.hpp"
#include "app/doctor/series_examination.hpp"
#include "app/doctor/traffic_examination.hpp"

#include <deque>
#include <doctest/doctest.h>

namespace davy::app::doctor {
namespace {

// Owns the series that the functions only point to.
class Exposed {
 public:
  Exposed& add(std::string name, Labels labels = {}) {
    series_.push_back({std::move(name), std::move(labels), MetricType::counter});
    return *this;
  }
  Exposed& buckets(const std::string& name, const std::vector<std::string>& bounds) {
    for (const std::string& le : bounds) add(name + "_bucket", {{"le", le}});
    return *this;
  }
  std::vector<const Series*> all() const {
    std::vector<const Series*> pointers;
    for (const Series& one : series_) pointers.push_back(&one);
    return pointers;
  }

 private:
  std::deque<Series> series_;
};

Selector selector(std::string_view text) {
  SelectorProblem problem;
  return *parse_selector(text, problem);
}

Check ratio(std::string_view errors, std::string_view total) {
  Check check;
  check.name = "errors";
  check.errors = selector(errors);
  check.total = selector(total);
  return check;
}

Check latency(std::optional<double> max) {
  Check check;
  check.name = "p99";
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.quantile = 0.99;
  check.histogram = selector("duration_seconds");
  check.max = max;
  return check;
}

Exposed requests() {
  Exposed exposed;
  exposed.add("http_requests_total", {{"code", "200"}}).add("http_requests_total", {{"code", "500"}});
  return exposed;
}

Diagnoses canary(const Check& check, const Exposed& exposed, const SideSpec& spec = {}) {
  return examine_series(check, Side::canary, spec, exposed.all());
}

Window window_with(double canary_total, double baseline_total) {
  Window window;
  window.length = std::chrono::minutes(10);
  window.canary.series_found = window.baseline.series_found = true;
  window.canary.members = window.baseline.members = {"a"};
  Tick tick;
  tick.length = std::chrono::seconds(5);
  tick.judged = true;
  tick.canary = {{true, canary_total, 0, 0, {}}};
  tick.baseline = {{true, baseline_total, 0, 0, {}}};
  window.ticks = {tick};
  return window;
}

}  // namespace

TEST_CASE("what is exposed is counted") {
  const auto found = canary(ratio(R"(http_requests_total{code=~"5.."})", "http_requests_total"), requests());
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::ok);
  CHECK(found[0].text ==
        R"(the canary exposes 1 of http_requests_total{code=~"5.."} and 2 of http_requests_total series)");
}

TEST_CASE("a name that is not exposed brings the nearest one") {
  const auto found = canary(ratio(R"(http_requests_total{code=~"5.."})", "http_requests_totl"), requests());
  REQUIRE(found.size() == 1);
  CHECK(found[0] == Diagnosis{Level::failure, "errors", "http_requests_totl is not exposed by the canary",
                              "nearest: http_requests_total"});
}

TEST_CASE("a matcher that matches nothing is named with the values that there are") {
  const auto found = canary(ratio("http_requests_total", R"(http_requests_total{code="2xx"})"), requests());
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::failure);
  CHECK(found[0].text == R"(no series of http_requests_total on the canary has code="2xx")");
  CHECK(found[0].next == R"(code is "200" and "500")");
}

TEST_CASE("a label that no series has is a failure even of the errors") {
  const auto found =
      canary(ratio(R"(http_requests_total{status=~"5.."})", "http_requests_total"), requests());
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::failure);
  CHECK(found[0].next == "its labels are code");
}

TEST_CASE("errors that have not happened yet are only a warning") {
  Exposed well;
  well.add("http_requests_total", {{"code", "200"}});
  const auto found = canary(ratio(R"(http_requests_total{code=~"5.."})", "http_requests_total"), well);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::warning);
}

TEST_CASE("matchers that match only apart are told so") {
  Exposed exposed;
  exposed.add("x", {{"a", "1"}, {"b", "1"}}).add("x", {{"a", "2"}, {"b", "2"}});
  const auto found = canary(ratio("x", R"(x{a="1",b="2"})"), exposed);
  REQUIRE(found.size() == 1);
  CHECK(found[0].text == R"(no series of the canary matches all of x{a="1",b="2"})");
}

TEST_CASE("series that another side has do not count for this one") {
  SideSpec spec;
  spec.where = selector(R"({version="new"})");
  const auto found = canary(ratio("http_requests_total", "http_requests_total"), requests(), spec);
  REQUIRE(found.size() == 2);
  CHECK(found[0].level == Level::failure);
  CHECK(found[0].text.find(R"(whose where is {version="new"})") != std::string::npos);
}

TEST_CASE("a summary is no histogram") {
  Exposed exposed;
  exposed.add("duration_seconds", {{"quantile", "0.99"}}).add("duration_seconds_count");
  const auto found = canary(latency(1), exposed);
  REQUIRE(found.size() == 1);
  CHECK(found[0].text ==
        "duration_seconds has no buckets on the canary: a quantile takes a classic histogram");
}

TEST_CASE("a members label has to be on every series") {
  SideSpec spec;
  spec.members = "pod";
  Exposed exposed;
  exposed.add("x", {{"pod", "a"}}).add("x");
  const std::vector<Check> checks{ratio("x", "x")};
  CHECK(any_failure(examine_members(checks, Side::canary, spec, exposed.all())));
  Exposed whole;
  whole.add("x", {{"pod", "a"}}).add("x", {{"pod", "b"}});
  const auto found = examine_members(checks, Side::canary, spec, whole.all());
  REQUIRE(found.size() == 1);
  CHECK(found[0].text == "2 members by the label pod: a and b");
}

TEST_CASE("the buckets around the limit say how exactly it can be told") {
  struct Case {
    double max;
    std::vector<std::string> bounds;
    Level level;
    std::string text;
  };
  const std::vector<Case> cases{
      {0.25, {"0.1", "0.25", "+Inf"}, Level::ok, "a bucket ends exactly at the limit, 250ms"},
      {0.3,
       {"0.25", "0.5", "+Inf"},
       Level::ok,
       "the limit 300ms lies in the bucket from 250ms to 500ms, and p99 cannot be told better than that"},
      {0.3,
       {"0.1", "1", "+Inf"},
       Level::warning,
       "the limit 300ms lies in the bucket from 100ms to 1s, and p99 cannot be told better than that"},
      {2,
       {"0.1", "1", "+Inf"},
       Level::failure,
       "the largest bucket ends at 1s, below the limit 2s: beyond it nothing can be told apart"}};
  for (const Case& c : cases) {
    Exposed exposed;
    exposed.buckets("duration_seconds", c.bounds);
    const auto found = examine_histogram(latency(c.max), exposed.all(), {});
    REQUIRE(found.size() == 1);
    CHECK(found[0].level == c.level);
    CHECK(found[0].text == c.text);
  }
}

TEST_CASE("half histograms fail and buckets that differ are told") {
  Exposed half;
  half.buckets("duration_seconds", {"0.1", "1"});
  CHECK(any_failure(examine_histogram(latency(1), half.all(), {})));
  Exposed one, other, stranger;
  one.buckets("duration_seconds", {"0.1", "1", "+Inf"});
  other.buckets("duration_seconds", {"0.5", "1", "+Inf"});
  stranger.buckets("duration_seconds", {"0.2", "2", "+Inf"});
  const auto differ = examine_histogram(latency(1), one.all(), other.all());
  REQUIRE(differ.size() == 2);
  CHECK(differ[1].level == Level::warning);
  CHECK(any_failure(examine_histogram(latency(1), one.all(), stranger.all())));
}

TEST_CASE("traffic is told by the second with what the window lacks") {
  Check check = ratio("x", "x");
  Finding finding;
  finding.canary = {0.0, 50};
  finding.baseline = {0.01, 100};
  finding.limit = 0.05;
  finding.requests_needed = 598;
  const auto enough = examine_traffic(check, window_with(50, 100), finding);
  REQUIRE(enough.size() == 1);
  CHECK(enough[0].level == Level::ok);
  CHECK(
      enough[0].text ==
      "canary 10 requests/s, baseline 20 requests/s; errors now: canary 0%, baseline 1%, limit 5%; about 598 "
      "requests of the canary are needed to be sure, in 60 s at this rate");
  finding.requests_needed = 12'000;
  const auto scarce = examine_traffic(check, window_with(50, 100), finding);
  REQUIRE(scarce.size() == 2);
  CHECK(scarce[1].level == Level::warning);
  CHECK(scarce[1].text ==
        "at this rate a window of 10m brings about 6,000 requests of the canary, and about 12,000 are needed "
        "to be sure");
  CHECK(scarce[1].next == "make the window 20m, or send the canary more traffic");
}

TEST_CASE("no traffic on either side is a warning") {
  const Check check = ratio("x", "x");
  const auto canary_idle = examine_traffic(check, window_with(0, 100), Finding{});
  REQUIRE(canary_idle.size() == 1);
  CHECK(canary_idle[0].level == Level::warning);
  const auto baseline_idle = examine_traffic(check, window_with(50, 0), Finding{});
  REQUIRE(baseline_idle.size() == 2);
  CHECK(baseline_idle[0].level == Level::warning);
}

}  // namespace davy::app::doctor

// When a step is due, and what it shows of each member.

#include "collector/promql/side_series.hpp"

#include <doctest/doctest.h>

namespace davy::collector {
namespace {

RawSeries series(const std::string& member, const std::string& code, std::vector<Point> points) {
  return {"requests_total", Labels({{"code", code}, {"instance", member}}), std::move(points)};
}

RawAnswer totals(std::vector<RawSeries> all) { return {MetricType::counter, false, std::move(all)}; }

RawAnswer started(const std::string& member, std::vector<Point> points) {
  return {MetricType::gauge,
          true,
          {{"process_start_time_seconds", Labels({{"instance", member}}), std::move(points)}}};
}

std::vector<RawAnswer> answers(RawAnswer a) {
  std::vector<RawAnswer> all;
  all.push_back(std::move(a));
  return all;
}

}  // namespace

TEST_CASE("a sample that was given is no news until its time changes") {
  SideSeries side("instance");
  side.take(answers(totals({series("a", "200", {{85, 1}, {100, 7}})})), 101);
  CHECK(side.has_news());
  REQUIRE(side.step(101).size() == 1);
  CHECK_FALSE(side.has_news());
  side.take(answers(totals({series("a", "200", {{85, 1}, {100, 7}})})), 106);
  CHECK_FALSE(side.has_news());
  CHECK(side.step(106).empty());
  side.take(answers(totals({series("a", "200", {{100, 7}, {115, 9}})})), 116);
  CHECK(side.has_news());
  const auto step = side.step(116);
  REQUIRE(step.size() == 1);
  CHECK(step[0].at == 115);
  REQUIRE(step[0].samples.size() == 1);
  CHECK(step[0].samples[0].value == 9);
}

TEST_CASE("a step waits for the members that are still being scraped") {
  SideSeries side("instance");
  side.take(
      answers(totals({series("a", "200", {{85, 1}, {100, 2}}), series("b", "200", {{83, 1}, {98, 2}})})),
      101);
  CHECK(side.step(101).size() == 2);
  side.take(
      answers(totals({series("a", "200", {{100, 2}, {115, 3}}), series("b", "200", {{83, 1}, {98, 2}})})),
      116);
  CHECK(side.has_news());
  CHECK(side.waits());
  // b has ended: after two of its intervals nobody waits for it any more, but it is still a member.
  side.take(answers(totals({series("a", "200", {{115, 3}, {130, 4}}), series("b", "200", {{98, 2}})})), 131);
  CHECK_FALSE(side.waits());
  CHECK(side.step(131).size() == 1);
  CHECK(side.members() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("P10 a member whose samples are older than half the lookback is none") {
  SideSeries side("instance");
  side.take(answers(totals({series("a", "200", {{85, 1}, {100, 2}})})), 100 + stale_after_s + 1);
  CHECK(side.members().empty());
  CHECK(side.has_stale());
  CHECK_FALSE(side.has_news());
  CHECK(side.step(100 + stale_after_s + 1).empty());
  side.take({}, 1000);
  CHECK_FALSE(side.has_stale());
}

TEST_CASE("a scrape that falls between two answers is seen whole or not at all") {
  SideSeries side("instance");
  std::vector<RawAnswer> both;
  both.push_back(totals({series("a", "200", {{85, 1}, {100, 2}})}));
  both.push_back({MetricType::counter,
                  false,
                  {{"failures_total", Labels({{"instance", "a"}}), {{85, 5}, {100, 6}, {115, 7}}}}});
  side.take(std::move(both), 116);
  const auto step = side.step(116);
  REQUIRE(step.size() == 1);
  CHECK(step[0].at == 100);
  REQUIRE(step[0].samples.size() == 2);
  CHECK(step[0].samples[0].value == 2);
  CHECK(step[0].samples[1].value == 6);
}

TEST_CASE("a query whose series have ended does not hold the others back") {
  SideSeries side("instance");
  std::vector<RawAnswer> both;
  both.push_back(totals({series("a", "200", {{185, 1}, {200, 2}})}));
  both.push_back(
      {MetricType::counter, false, {{"failures_total", Labels({{"instance", "a"}}), {{85, 5}, {100, 6}}}}});
  side.take(std::move(both), 201);
  const auto step = side.step(201);
  REQUIRE(step.size() == 1);
  CHECK(step[0].at == 200);
  CHECK(step[0].samples.size() == 1);
}

TEST_CASE("a series that has ended leaves its member and marks of its end are no samples") {
  SideSeries side("instance");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  side.take(answers(totals({series("a", "200", {{155, 1}, {170, 2}, {185, 3}}),
                            series("a", "500", {{125, 8}, {140, 8}, {155, nan}})})),
            186);
  const auto step = side.step(186);
  REQUIRE(step.size() == 1);
  REQUIRE(step[0].samples.size() == 1);
  CHECK(step[0].samples[0].value == 3);
}

TEST_CASE("the mark that ends a series is not its newest sample") {
  SideSeries side("instance");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  side.take(answers(totals({series("a", "200", {{155, 1}, {170, 2}, {185, nan}})})), 186);
  const auto step = side.step(186);
  REQUIRE(step.size() == 1);
  CHECK(step[0].at == 170);
  CHECK(step[0].samples.at(0).value == 2);
}

TEST_CASE("the start of its process comes with a member when there is one") {
  SideSeries side("instance");
  std::vector<RawAnswer> all;
  all.push_back(totals({series("a", "200", {{85, 1}, {100, 2}}), series("b", "200", {{85, 1}, {100, 2}})}));
  RawAnswer starts = started("a", {{85, 12}, {100, 12}});
  starts.series.push_back(
      {"process_start_time_seconds", Labels({{"instance", "b"}, {"job", "x"}}), {{100, 12}}});
  starts.series.push_back(
      {"process_start_time_seconds", Labels({{"instance", "b"}, {"job", "y"}}), {{100, 13}}});
  starts.series.push_back({"process_start_time_seconds", Labels({{"instance", "other"}}), {{100, 13}}});
  all.push_back(std::move(starts));
  side.take(std::move(all), 101);
  const auto step = side.step(101);
  REQUIRE(step.size() == 2);
  CHECK(step[0].process_start_time == 12.0);
  CHECK_FALSE(step[1].process_start_time.has_value());  // two processes
  CHECK(side.members().size() == 2);                    // what only starts is no member
}

TEST_CASE("the same series is the same object for as long as it is seen") {
  SideSeries side("instance");
  side.take(answers(totals({series("a", "200", {{85, 1}})})), 86);
  const SeriesRef first = side.step(86).at(0).samples.at(0).series;
  side.take(answers(totals({series("a", "200", {{85, 1}, {100, 2}})})), 101);
  CHECK(side.step(101).at(0).samples.at(0).series == first);
}

TEST_CASE("the past can be shown step by step") {
  SideSeries side("instance");
  side.take(answers(totals({series("a", "200", {{55, 1}, {70, 2}, {85, 4}, {100, 7}})})), 101);
  CHECK(side.spacing() == 15.0);
  std::vector<double> values;
  for (const double until : {41.0, 56.0, 71.0, 86.0, 101.0})
    for (const MemberReading& reading : side.step(until)) values.push_back(reading.samples.at(0).value);
  CHECK(values == std::vector<double>{1, 2, 4, 7});
  CHECK(side.given_until() == 100.0);
}

}  // namespace davy::collector

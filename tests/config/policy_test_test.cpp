// The tests that `davy test` runs: how they are written, and what is said of those that cannot be read.

#include "config/policy_test.hpp"

#include <doctest/doctest.h>

namespace davy::config {
namespace {

std::vector<double> numbers(std::string_view text) {
  std::vector<double> out;
  const auto read = read_series_values(text);
  REQUIRE(read.has_value());
  for (const SeriesValue& value : *read)
    out.push_back(value.kind == SeriesValue::Kind::number    ? value.value
                  : value.kind == SeriesValue::Kind::missing ? -1
                                                             : -2);
  return out;
}

std::string problems_of(const std::string& tests) {
  const auto loaded =
      load_policy_test("version: davy/test/v1\npolicy: p.yaml\n" + tests, "t.yaml", empty_environment());
  CHECK_FALSE(loaded.test.has_value());
  std::string out;
  for (const Problem& problem : loaded.problems->sorted()) out += problem.message + "\n";
  return out;
}

}  // namespace

TEST_CASE("values expand as promtool expands them") {
  CHECK(numbers("1 2.5 -3") == std::vector<double>{1, 2.5, -3});
  CHECK(numbers("0+10x3") == std::vector<double>{0, 10, 20, 30});
  CHECK(numbers("5-1x2 7x2") == std::vector<double>{5, 4, 3, 7, 7, 7});
  CHECK(numbers("1 _ _x2 2") == std::vector<double>{1, -1, -1, -1, 2});
  CHECK(numbers("1 down downx2") == std::vector<double>{1, -2, -2, -2});
  CHECK(numbers("1e3-1e2x1") == std::vector<double>{1000, 900});
}

TEST_CASE("values that are none are refused with what they could have been") {
  for (const char* text : {"1+x3", "x3", "1+2", "1x", "1x2x3", "abc", "nan", "inf", "_y", "downx", "1,2"}) {
    CAPTURE(text);
    const auto read = read_series_values(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message().find("is none of 5, 0+10x20") != std::string::npos);
  }
  CHECK(read_series_values("").error().message() == "there are no values");
  CHECK_FALSE(read_series_values("1x99999999999").has_value());
  CHECK_FALSE(read_series_values("1x90000 1x90000").has_value());
}

TEST_CASE("a test is read with everything it can say") {
  const auto loaded = load_policy_test(R"(version: davy/test/v1
policy: p.yaml
tests:
  - name: one
    interval: 5s
    release: 2m
    series:
      - {side: baseline, instances: [a, b], series: 'x_total{code="200"}', values: 0+1x3}
      - {side: canary, series: x_total, values: 1 2}
    expect:
      decision: roll_back
      check: errors
      says: canary 20
      after: 10s
      before: 30s
      at: [{time: 5s, verdict: suspicious}]
)",
                                       "t.yaml", empty_environment());
  CHECK(loaded.problems->to_text() == "");
  REQUIRE(loaded.test.has_value());
  const TestCase& test = loaded.test->tests.at(0);
  CHECK(test.series[0].instances == std::vector<std::string>{"a", "b"});
  CHECK(test.series[1].instances == std::vector<std::string>{"canary"});
  CHECK(test.series[0].values.size() == 4);
  CHECK(test.expected.decision == Decision::roll_back);
  CHECK(test.expected.moments.at(0).verdict == VerdictKind::suspicious);
}

TEST_CASE("what is wrong with a test is said at once") {
  CHECK(problems_of("tests: []\n") == "there are no tests\n");
  const std::string found = problems_of(R"(tests:
  - name: a
    expect: {}
  - name: b
    recording: r.davyrec
    interval: 5s
    expect: {decision: perhaps}
  - name: c
    series:
      - {side: canary, series: 'x_total{code=~"5.."}', values: 0+1x3}
      - {side: left, series: 'x_total', values: what}
    expect: {decision: pass, before: 1m, after: 2m}
)");
  CAPTURE(found);
  for (const char* message :
       {"nothing is expected, so this test cannot fail", "a test needs series, or a recording, and not both",
        "a recording has an interval of its own", "the label code of a series has one value",
        "'what' is none of 5", "no decision is after one time and before an earlier one"})
    CHECK(found.find(message) != std::string::npos);
}

}  // namespace davy::config

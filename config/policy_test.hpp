#pragma once

// What `davy test` reads: given these series, or this recording, expect this decision at that time.

#include "config/environment.hpp"
#include "config/problem.hpp"
#include "config/series_values.hpp"
#include "core/base/clock.hpp"
#include "core/model/selector.hpp"
#include "core/model/target.hpp"
#include "core/model/verdict.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::config {

// One series of one or several instances, each with these values.
struct GivenSeries {
  Side side = Side::canary;
  std::vector<std::string> instances;
  Selector series;  // a name and labels with =
  std::vector<SeriesValue> values;
};

enum class Decision { roll_back, pass, inconclusive, undecided };
std::string_view to_text(Decision decision);

struct ExpectedMoment {
  Duration at{};  // since the release
  VerdictKind verdict = VerdictKind::healthy;
};

struct Expected {
  std::optional<Decision> decision;
  std::string check;                      // blamed; empty: any
  std::string says;                       // a part of the sentence; empty: any
  std::optional<Duration> after, before;  // the decision's time since the release
  std::vector<ExpectedMoment> moments;
};

struct TestCase {
  std::string name;
  std::size_t line = 0;
  std::string recording;  // a file; empty: the series below
  std::optional<Duration> interval;
  std::optional<Duration>
      release;  // begins so long after the first scrape, or the first round of a recording
  std::vector<GivenSeries> series;
  Expected expected;
};

struct PolicyTest {
  std::string policy;  // a file, its place told from the test's own folder
  std::vector<TestCase> tests;
};

struct LoadedTest {
  std::shared_ptr<Problems> problems;  // never null
  std::optional<PolicyTest> test;      // only when there is no error
};

LoadedTest load_policy_test(std::string text, std::string file, const Environment& environment);

}  // namespace davy::config

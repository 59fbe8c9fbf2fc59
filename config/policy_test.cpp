#include "config/policy_test.hpp"

#include "config/section.hpp"

#include <fmt/format.h>

namespace davy::config {
namespace {

Selector read_series(const Section& in) {
  const std::string text = in.required_text("series");
  if (text.empty()) return {};
  SelectorProblem problem;
  const auto read = parse_selector(text, problem);
  if (!read) {
    in.problem("series", fmt::format("{} (at character {})", problem.message, problem.offset + 1));
    return {};
  }
  if (read->metric.empty()) in.problem("series", "a series has a name", "write name{label=\"value\"}");
  for (const LabelMatcher& matcher : read->matchers) {
    if (matcher.kind != MatchKind::equal)
      in.problem("series", fmt::format("the label {} of a series has one value", matcher.label),
                 fmt::format("write {}=\"...\"", matcher.label));
  }
  return *read;
}

GivenSeries read_given(const Section& in) {
  GivenSeries given;
  given.side = in.choice<Side>("side", {{"canary", Side::canary}, {"baseline", Side::baseline}})
                   .value_or(Side::canary);
  in.require("side");
  given.instances = in.text_list("instances");
  if (given.instances.empty()) given.instances = {std::string(to_text(given.side))};
  given.series = read_series(in);
  const std::string values = in.required_text("values");
  if (!values.empty()) {
    auto read = read_series_values(values);
    if (read)
      given.values = std::move(*read);
    else
      in.problem("values", read.error().message());
  }
  in.finish();
  return given;
}

ExpectedMoment read_moment(const Section& in) {
  ExpectedMoment moment;
  in.require("time");
  in.require("verdict");
  moment.at = in.duration("time").value_or(Duration::zero());
  moment.verdict = in.choice<VerdictKind>("verdict", {{"healthy", VerdictKind::healthy},
                                                      {"breach", VerdictKind::breach},
                                                      {"hold", VerdictKind::hold},
                                                      {"suspicious", VerdictKind::suspicious},
                                                      {"shared_failure", VerdictKind::shared_failure},
                                                      {"not_enough_data", VerdictKind::not_enough_data},
                                                      {"no_data", VerdictKind::no_data},
                                                      {"blind", VerdictKind::blind}})
                       .value_or(VerdictKind::healthy);
  in.finish();
  return moment;
}

Expected read_expected(const Section& in) {
  Expected expected;
  expected.decision = in.choice<Decision>("decision", {{"roll_back", Decision::roll_back},
                                                       {"pass", Decision::pass},
                                                       {"inconclusive", Decision::inconclusive},
                                                       {"undecided", Decision::undecided}});
  expected.check = in.text("check").value_or("");
  expected.says = in.text("says").value_or("");
  expected.after = in.duration("after");
  expected.before = in.duration("before");
  for (const Section& moment : in.sections("at")) expected.moments.push_back(read_moment(moment));
  if (!in.has("decision") && expected.moments.empty())
    in.problem_here("nothing is expected, so this test cannot fail", "write decision: or at:");
  if (expected.after && expected.before && *expected.after >= *expected.before)
    in.problem("before", "no decision is after one time and before an earlier one");
  in.finish();
  return expected;
}

TestCase read_case(const Section& unnamed) {
  TestCase test;
  test.name = unnamed.required_text("name");
  const Section in = test.name.empty() ? unnamed : unnamed.titled("test '" + test.name + "'");
  static_cast<void>(in.text("name"));
  test.recording = in.text("recording").value_or("");
  test.interval = in.duration("interval");
  test.release = in.duration("release");
  for (const Section& series : in.sections("series")) test.series.push_back(read_given(series));
  if (test.recording.empty() == test.series.empty())
    in.problem_here("a test needs series, or a recording, and not both");
  if (!test.recording.empty() && test.interval)
    in.problem_at_key("interval", "a recording has an interval of its own", "leave it out");
  in.require("expect");
  if (const auto expect = in.section("expect")) test.expected = read_expected(*expect);
  in.finish();
  return test;
}

PolicyTest read_test(const Section& in) {
  PolicyTest test;
  const std::string version = in.required_text("version");
  if (!version.empty() && version != "davy/test/v1")
    in.problem("version", fmt::format("'{}' is not a version of tests that is known here", version),
               "write davy/test/v1");
  test.policy = in.required_text("policy");
  in.require("tests");
  for (const Section& one : in.sections("tests")) test.tests.push_back(read_case(one));
  if (in.has("tests") && test.tests.empty()) in.problem("tests", "there are no tests");
  in.finish();
  return test;
}

}  // namespace

std::string_view to_text(Decision decision) {
  switch (decision) {
    case Decision::roll_back: return "roll_back";
    case Decision::pass: return "pass";
    case Decision::inconclusive: return "inconclusive";
    case Decision::undecided: return "undecided";
  }
  return "undecided";
}

LoadedTest load_policy_test(std::string text, std::string file, const Environment& environment) {
  LoadedYaml yaml = load_yaml(std::move(text), std::move(file), environment);
  LoadedTest loaded{yaml.problems, std::nullopt};
  if (!yaml.root) return loaded;
  PolicyTest test = read_test(*yaml.root);
  if (!loaded.problems->has_errors()) loaded.test = std::move(test);
  return loaded;
}

}  // namespace davy::config

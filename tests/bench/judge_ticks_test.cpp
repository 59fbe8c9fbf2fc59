// Recorded ticks: how a file becomes windows, and what is made of them.

#include "bench/judge_ticks/checks.hpp"
#include "bench/judge_ticks/report.hpp"
#include "bench/judge_ticks/verdict.hpp"
#include "bench/judge_ticks/windows.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <fmt/format.h>

namespace davy::judge_ticks {
namespace {

using namespace std::chrono_literals;

TickFile parsed(std::string_view text) {
  const auto files = parse_tick_file(text, "a.json");
  REQUIRE_MESSAGE(files.has_value(), files.error().message());
  REQUIRE(files->size() == 1);
  return files->front();
}

std::string problem_of(std::string_view text) {
  const auto files = parse_tick_file(text, "bad.json");
  return files ? "read without complaint" : files.error().message();
}

Window window_of(const TickFile& file, const Check& check) {
  const Timeline timeline = timeline_of(file);
  Window window = empty_window(file, check, timeline);
  for (const Round& round : timeline.rounds) append(window, check, round);
  return window;
}

// Ticks of 5 s from t = 0 on, all alike.
std::string ticks_text(int count, std::string_view rest) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) text += fmt::format("{}{{\"t\":{},{}}}", i == 0 ? "" : ",", 5 * i, rest);
  return text + "]";
}

std::string file_text(const std::string& canary, const std::string& baseline, std::string_view more = "") {
  return fmt::format("{{\"canary\":{},\"baseline\":{}{}}}", canary, baseline, more);
}

constexpr std::string_view by_pods = R"({
  "verdict": "fail", "label_confidence": "high: made by hand", "confidence": 0.95, "window_s": 300,
  "limits": {"max": 0.05, "max_increase": 1.0, "ignore_increase_below": 0.01},
  "bucket_le": [0.1, 1, "+Inf"],
  "canary": [], "baseline": [],
  "canary_pods": [{"pod": "c-1", "ticks": [{"t": 0, "n": 9, "errors": 2, "buckets": [7, 1, 1]},
                                           {"t": 10, "n": 8, "errors": 0, "buckets": [8, 0, 0]}]}],
  "baseline_pods": [
    {"pod": "b-1", "ticks": [{"t": -400, "n": 1, "errors": 0}, {"t": -5, "n": 50, "errors": 1},
                             {"t": 0, "n": 51, "errors": 1}, {"t": 5, "n": 52, "errors": 0}]},
    {"pod": "b-2", "ticks": [{"t": -5, "n": 40}, {"t": 0.0001, "n": 41, "errors": 3}, {"t": 10, "n": 42}]}]
})";

}  // namespace

TEST_CASE("pods become members of their side and ticks before the deploy its history") {
  const TickFile file = parsed(by_pods);
  CHECK(file.expected == "fail");
  CHECK(file.label_confidence == "high: made by hand");
  const Timeline timeline = timeline_of(file);
  CHECK(timeline.tick_s == 5);
  CHECK(timeline.window_s == 300);
  const Window window = window_of(file, policy_for(file, timeline.tick_s).checks.front());
  CHECK(window.length == 300s);
  CHECK(window.canary.members == std::vector<std::string>{"c-1"});
  CHECK(window.baseline.members == std::vector<std::string>{"b-1", "b-2"});

  REQUIRE(window.ticks.size() == 4);  // the one at -400 s is older than any history kept
  const Tick& before = window.ticks[0];
  CHECK(before.at == window.deployed_at);
  CHECK_FALSE(before.judged);
  CHECK_FALSE(before.canary[0].present);
  CHECK(before.baseline[1].total == 40);
  const Tick& first = window.ticks[1];
  CHECK(first.at == window.deployed_at + 5s);
  CHECK(first.length == 5s);
  CHECK(first.judged);
  CHECK(first.canary[0].total == 9);
  CHECK(first.canary[0].bad == 2);
  CHECK(first.baseline[0].total == 51);
  CHECK(first.baseline[1].bad == 3);
}

TEST_CASE("a pod without a tick is not present while the others are") {
  const TickFile file = parsed(by_pods);
  const Check check = policy_for(file, 5).checks.front();
  const Timeline timeline = timeline_of(file);
  Window window = empty_window(file, check, timeline);
  REQUIRE(timeline.rounds.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) append(window, check, timeline.rounds[i]);
  CHECK_FALSE(window.ticks[2].canary[0].present);
  CHECK(window.ticks[2].baseline[0].present);
  CHECK_FALSE(window.ticks[2].baseline[1].present);
  CHECK(window.canary.targets_up == 0);
  CHECK(window.canary.blind_for == 5s);
  CHECK(window.baseline.targets_up == 1);
  append(window, check, timeline.rounds[3]);
  CHECK(window.canary.targets_up == 1);
  CHECK_FALSE(window.canary.blind_for);
  CHECK(window.canary.series_found);
}

TEST_CASE("a file's own limits replace those for errors") {
  const FilePolicy policy = policy_for(parsed(by_pods), 5);
  CHECK(policy.confidence == 0.95);
  REQUIRE(policy.checks.size() == 3);
  const Check& errors = policy.checks[0];
  CHECK(errors.kind == CheckKind::ratio);
  CHECK(errors.max == 0.05);
  CHECK(errors.max_increase == Increase{Increase::Kind::relative, 1.0});
  CHECK(errors.ignore_increase_below == 0.01);
  CHECK(policy.checks[1].quantile == 0.5);
  CHECK(policy.checks[2].quantile == 0.99);
  CHECK_FALSE(policy.checks[2].max);
}

TEST_CASE("a file without limits gets the default for errors") {
  const TickFile file = parsed(file_text(ticks_text(3, R"("n":5,"errors":0)"), "[]"));
  const FilePolicy policy = policy_for(file, 5);
  REQUIRE(policy.checks.size() == 1);
  CHECK_FALSE(policy.checks[0].max);
  CHECK(policy.checks[0].max_increase == Increase{Increase::Kind::relative, 0.5});
  CHECK(policy.checks[0].ignore_increase_below == 0.005);
  CHECK(policy.confidence == 0.99);
}

TEST_CASE("two single series run side by side however far apart they were recorded") {
  const TickFile file = parsed(file_text(
      R"([{"t":1000,"n":5,"errors":1},{"t":1005.1,"n":6,"errors":0},{"t":1015.7,"n":7,"errors":9}])",
      R"([{"t":0,"n":50,"errors":0},{"t":5,"n":51,"errors":0},{"t":10,"n":52,"errors":0}])"));
  const Window window = window_of(file, policy_for(file, 5).checks.front());
  REQUIRE(window.ticks.size() == 3);
  CHECK(window.length == 600s);
  CHECK(window.canary.members.size() == 1);
  CHECK(window.baseline.members.size() == 1);
  CHECK(window.ticks[0].judged);
  CHECK(window.ticks[2].baseline[0].total == 52);
  CHECK(seconds(window.ticks[2].length) == doctest::Approx(10.6));
  CHECK(window.ticks[2].canary[0].bad == 7);  // never more than there were requests
}

TEST_CASE("side by side they end with the shorter one") {
  const std::string canary = ticks_text(9, R"("n":5,"errors":0)");
  CHECK(timeline_of(parsed(file_text(canary, ticks_text(7, R"("n":5)")))).rounds.size() == 7);
  CHECK(timeline_of(parsed(file_text(canary, "[]"))).rounds.size() == 9);
}

TEST_CASE("a long canary makes a long window and a short window ends the rounds") {
  const std::string canary = ticks_text(200, R"("n":5,"errors":0)");
  CHECK(timeline_of(parsed(file_text(canary, canary))).window_s == 1000);
  const Timeline cut = timeline_of(parsed(file_text(canary, canary, R"(,"window_s":60)")));
  CHECK(cut.window_s == 60);
  CHECK(cut.rounds.size() == 12);
}

TEST_CASE("every gauge has a check and one that should be high is judged by what it lacks") {
  const TickFile file = parsed(file_text(
      R"([{"t":0,"n":5.5,"errors":null,"availability_pct":99.5,"lat_p50":0.2},{"t":5,"availability_pct":null}])",
      R"([{"t":0,"availability_pct":100,"lat_p50":0.1},{"t":5,"availability_pct":100,"lat_p50":0.1}])"));
  const FilePolicy policy = policy_for(file, 5);
  REQUIRE(policy.checks.size() == 2);
  CHECK(policy.checks[0].name == "missing availability_pct");
  CHECK(policy.checks[1].unit == Unit::seconds);
  const Window availability = window_of(file, policy.checks[0]);
  CHECK(availability.ticks[0].canary[0].value == doctest::Approx(0.5));
  CHECK(availability.ticks[0].baseline[0].value == 0);
  CHECK_FALSE(availability.ticks[1].canary[0].present);
  CHECK(availability.canary.targets_up == 1);  // it answered, but without a reading
}

TEST_CASE("buckets keep their bounds") {
  const TickFile file = parsed(file_text(ticks_text(1, R"("n":6,"buckets":[1,2,3])"), "[]",
                                         R"(,"bucket_le":[0.1,0.5,"+Inf"],"tick_seconds":15)"));
  CHECK(timeline_of(file).tick_s == 15);
  const Window window = window_of(file, policy_for(file, 15).checks.back());
  REQUIRE(window.bounds.size() == 3);
  CHECK(std::isinf(window.bounds.back()));
  CHECK(window.ticks[0].canary[0].buckets == std::vector<double>{1, 2, 3});
  CHECK(window.ticks[0].canary[0].total == 6);
}

TEST_CASE("what cannot be read is said with its place") {
  CHECK(problem_of("{\"canary\": [") == "bad.json: incomplete JSON");
  CHECK(problem_of("[]") == "bad.json: is not an object");
  CHECK(problem_of("{}") == "bad.json: has no canary");
  CHECK(problem_of(file_text("3", "[]")) == "bad.json: canary: is not a list of ticks");
  CHECK(problem_of(file_text(R"([{"n":1}])", "[]")) == "bad.json: canary: tick 0: has no t");
  CHECK(problem_of(file_text(R"([{"t":5},{"t":5}])", "[]")) ==
        "bad.json: canary: tick 1: t is not after the tick before it");
  CHECK(problem_of(file_text("[]", R"([{"t":0,"n":-1}])")) == "bad.json: baseline: tick 0: n is negative");
  CHECK(problem_of(file_text(R"([{"t":0,"n":"x"}])", "[]")) == "bad.json: canary: tick 0: n is not a number");
  CHECK(problem_of(file_text(R"([{"t":0,"buckets":[1]}])", "[]", R"(,"bucket_le":[1,"+Inf"])")) ==
        "bad.json: canary: tick 0: buckets is not a list of 2 counts, one a bound");
  CHECK(problem_of(file_text("[]", "[]", R"(,"bucket_le":[1,2])")) ==
        "bad.json: bucket_le: the last bound is not \"+Inf\"");
  CHECK(problem_of(file_text("[]", "[]", R"(,"confidence":99)")) == "bad.json: confidence is not below 1");
  CHECK(problem_of(R"({"canary_pods":[{"pod":"a"}]})") == "bad.json: canary_pods: a pod has no ticks");
  CHECK(problem_of(R"({"cases":[{"canary":[1]}]})").starts_with("bad.json: "));
}

TEST_CASE("each case of a list of cases is judged on its own") {
  const auto files = parse_tick_file(
      R"({"cases":[{"expected":"High","canary":[9,null,8],"baseline":[1,2]},
                   {"expected":"Nodata","canary":[],"baseline":[1]}]})",
      "cases.json");
  REQUIRE(files.has_value());
  REQUIRE(files->size() == 2);
  CHECK((*files)[0].name == "cases.json#0");
  CHECK((*files)[0].expected == "High");
  const Series& canary = (*files)[0].canary.front();
  REQUIRE(canary.ticks.size() == 3);
  CHECK(canary.ticks[1].gauges.empty());
  CHECK(canary.ticks[2].t_s == 120);
  CHECK(canary.ticks[2].gauges.at("value") == 8);
  CHECK(judge_file((*files)[1]).given == Given::no_data);
}

TEST_CASE("a finding is a breach only of the canary's own") {
  Finding finding;
  finding.outcome = Outcome::breach;
  CHECK(given_by(finding) == Given::breach);
  finding.shared_failure = true;
  CHECK(given_by(finding) == Given::inconclusive);
  finding = {};
  CHECK(given_by(finding) == Given::inconclusive);
  finding.nothing_seen = true;
  CHECK(given_by(finding) == Given::no_data);
  finding.outcome = Outcome::source_error;
  CHECK(given_by(finding) == Given::no_data);
  finding.canary.samples = 3;
  CHECK(given_by(finding) == Given::inconclusive);
}

TEST_CASE("files are judged round by round until a check breaches") {
  const std::string healthy = ticks_text(60, R"("n":1000,"errors":1)");
  const FileVerdict good = judge_file(parsed(file_text(healthy, healthy)));
  CHECK(good.given == Given::pass);
  CHECK_FALSE(good.seconds);
  CHECK(good.sentence.starts_with("errors: "));
  const FileVerdict bad = judge_file(parsed(file_text(ticks_text(60, R"("n":1000,"errors":300)"), healthy)));
  CHECK(bad.given == Given::breach);
  REQUIRE(bad.seconds);
  CHECK(*bad.seconds <= 60);
  const std::string idle = ticks_text(60, R"("n":0,"errors":0)");
  CHECK(judge_file(parsed(file_text(idle, healthy))).given == Given::no_data);
  CHECK(judge_file(parsed(file_text("[]", healthy))).given == Given::no_data);
  CHECK(judge_file(parsed(file_text(ticks_text(2, R"("n":1,"errors":0)"), healthy))).given ==
        Given::inconclusive);
}

TEST_CASE("only sure labels gate") {
  Row row{"a.json", "pass", "very high: by construction", {Given::breach, 20.0, "why"}};
  CHECK(gate_failure(row) == "a.json: pass is expected, breach was given: why");
  row.expected = "pass (or insufficient data)";
  CHECK(gate_failure(row));
  row.expected = "pass-by-label-but-differs";
  CHECK_FALSE(gate_failure(row));
  row.expected = "fault-injected-but-not-visible";
  row.verdict.given = Given::pass;
  CHECK_FALSE(gate_failure(row));
  row.expected = "fail-after-onset";
  CHECK(gate_failure(row));
  row.verdict.given = Given::inconclusive;
  CHECK_FALSE(gate_failure(row));
  row.verdict.given = Given::pass;
  row.label_confidence = "medium-high: injected";
  CHECK_FALSE(gate_failure(row));
}

TEST_CASE("a row of JSON says null where the end of the data decided") {
  Row row{"a.json", "pass", "high", {Given::pass, std::nullopt, "fine"}};
  CHECK(json_line(row) == R"({"file":"a.json","expected":"pass","label_confidence":"high",)"
                          R"("given":"pass","seconds":null,"sentence":"fine"})");
  row.verdict.seconds = 20;
  CHECK(text_line(row) == "a.json | pass | high | pass | 20 s | fine");
}

}  // namespace davy::judge_ticks

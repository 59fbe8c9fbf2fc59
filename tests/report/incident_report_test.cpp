#include "report/incident_report.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::report {
namespace {

Incident incident() {
  Incident i;
  i.service = "checkout";
  i.release = "r1";
  i.revision = "4f2c1d";
  i.mode = "enforce";
  i.end = Phase::healed;
  i.deployed_at = WallTime{std::chrono::milliseconds(1714564800000)};
  i.ended_at = i.deployed_at + std::chrono::seconds(60);
  i.onset_s = 20;
  i.detected_s = 30;
  i.acted_s = 30.5;
  i.recovered_s = 45;
  Finding f;
  f.check = "errors";
  f.outcome = Outcome::breach;
  f.canary = {0.031, 4120};
  f.baseline = {0.004, 41900};
  f.limit = 0.008;
  f.sentence = "errors: canary 3.1% of 4,120 requests";
  i.verdict.findings = {f};
  i.verdict.kind = VerdictKind::breach;
  i.verdict.sentence = f.sentence;
  i.sentence = "rolled back, and the canary gets no requests any more";
  i.actions = {{"http", "r1.rollback.1", "POST http://d/", "200 OK", 2, true, true, std::chrono::seconds(1)}};
  i.timeline = {{i.deployed_at, 0, "deployed", "the window begins"},
                {i.deployed_at, 30, "verdict", f.sentence}};
  return i;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the account names the check its numbers the action and the times") {
  const std::string text = to_markdown(incident());
  CHECK(has(text, "# checkout r1: rolled back and healed"));
  CHECK(has(text, "| errors | breach | 3.1% of 4,120 | 0.4% of 41,900 | 0.8% |"));
  CHECK(has(text, "| time to detect | 10 s after that |"));
  CHECK(has(text, "| time to recover | 25 s |"));
  CHECK(has(text, "answered: 200 OK; 2 attempts in 1 s, verified"));
  CHECK(has(text, "| 30.0 s | +10.0 s | verdict |"));
}

TEST_CASE("the JSON account is readable and has the same numbers") {
  const auto json = boost::json::parse(to_json(incident())).as_object();
  CHECK(json.at("end").as_string() == "healed");
  CHECK(json.at("time_to_detect_s").to_number<double>() == 10);
  CHECK(json.at("time_to_recover_s").to_number<double>() == 25);
  const auto& check = json.at("checks").as_array().at(0).as_object();
  CHECK(check.at("canary").as_object().at("samples").to_number<double>() == 4120);
  CHECK(json.at("actions").as_array().at(0).as_object().at("verified").as_bool());
}

TEST_CASE("hostile names cannot break out of a table or become markup") {
  Incident hostile = incident();
  hostile.service = "a|b\n# <img src=x> `rm` [x](javascript:1)";
  hostile.actions[0].answer = "::error::x\r\n| forged | row |";
  const std::string text = to_markdown(hostile);
  CHECK_FALSE(has(text, "<img"));
  CHECK_FALSE(has(text, "\n# &lt;img"));
  CHECK_FALSE(has(text, "\n::error::"));
  CHECK_FALSE(has(text, "\n| forged"));
  CHECK(has(text, "a\\|b"));
  CHECK(has(text, "\\[x\\]"));
}

TEST_CASE("what never happened is said and not invented") {
  Incident open = incident();
  open.recovered_s.reset();
  CHECK(has(to_markdown(open), "| time to recover | never |"));
  CHECK(boost::json::parse(to_json(open)).as_object().at("recovered_s").is_null());
}

}  // namespace davy::report

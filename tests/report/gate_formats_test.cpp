// A gate's account in each format, with names that would rather be something else. The real readers are in
// tests/e2e/gate; here each format is read back by the rules of who reads it.

#include "core/base/text.hpp"
#include "report/github.hpp"
#include "report/gitlab.hpp"
#include "report/incident_json.hpp"
#include "report/incident_report.hpp"
#include "report/junit.hpp"
#include "report/ndjson.hpp"
#include "report/plain_words.hpp"
#include "report/xml.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::report {
namespace {

const std::string hostile =
    std::string("a|b`c`<i>]]>%0A::error::x\r\n::set-output name=v::1\x1b[2J\0\xff\xc3(", 49) +
    "\n##[error]y\xEF\xBF\xBE";

Finding finding(const std::string& name, Outcome outcome) {
  Finding f;
  f.check = name;
  f.outcome = outcome;
  f.canary = {0.031, 4120};
  f.baseline = {0.004, 41900};
  f.limit = 0.008;
  f.sentence = name + ": canary 3.1% of 4,120 requests";
  return f;
}

GateAccount account(const std::string& name = "errors", Outcome outcome = Outcome::breach) {
  GateAccount a;
  a.incident.service = name;
  a.incident.release = name;
  a.incident.revision = name;
  a.incident.mode = "enforce";
  a.incident.end = Phase::healed;
  a.incident.deployed_at = WallTime{std::chrono::milliseconds(1714564800000)};
  a.incident.ended_at = a.incident.deployed_at + std::chrono::seconds(60);
  a.incident.verdict.findings = {finding(name, outcome)};
  a.incident.verdict.blamed_check = name;
  a.incident.sentence = name;
  a.incident.actions = {{name, name, name, name, 1, true, true, std::chrono::seconds(1)}};
  a.incident.timeline = {{a.incident.deployed_at, 0, name, name}};
  a.policy = name;
  a.verdict = "fail";
  a.exit_code = 10;
  a.warning = name;
  return a;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string unescaped(std::string text, bool property) {
  const auto replace = [&](const std::string& code, char c) {
    for (std::size_t at = text.find(code); at != text.npos; at = text.find(code, at + 1))
      text.replace(at, code.size(), 1, c);
  };
  replace("%0D", '\r');
  replace("%0A", '\n');
  if (property) replace("%3A", ':');
  if (property) replace("%2C", ',');
  replace("%25", '%');
  return text;
}

std::vector<std::string> kinds(const GateAccount& a) {
  std::vector<std::string> found;
  const std::string text = to_github_annotations(a);
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) found.emplace_back(line.substr(2, line.find(' ') - 2));
  }
  return found;
}

using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("no line of any text for a log begins with a command that we did not write") {
  const GateAccount a = account(hostile);
  for (const std::string& text : {to_markdown(a), to_gitlab_log(a), to_dotenv(a), to_github_outputs(a),
                                  to_github_summary(a, 1000000), to_junit(a)}) {
    for (const std::string_view line : split(text, '\n')) CHECK_FALSE(trim(line).starts_with("::"));
    CHECK_FALSE(has(text, "##["));
    CHECK(is_utf8(text));
  }
  // Even when the whole text of a line is somebody else's.
  GateAccount bare = account();
  bare.incident.sentence = "  ::error::forged";
  CHECK(has(to_markdown(bare), "\n  \\:\\:error::forged\n"));
}

TEST_CASE("an annotation reads back as what was said and stays on its line") {
  const std::string line = workflow_command("error", "a: b, 100%", "50%0A, c: d");
  CHECK(line == "::error title=a%3A b%2C 100%25::50%250A, c: d\n");
  const std::string forged = to_github_annotations(account(hostile));
  const std::string one = forged.substr(0, forged.find('\n'));
  REQUIRE(one.starts_with("::error title="));
  const std::size_t end = one.find("::", 2);
  CHECK(unescaped(one.substr(14, end - 14), true) ==
        printable(printable(hostile) + ": " + printable(hostile), 200));
  CHECK(unescaped(one.substr(end + 2), false).starts_with(printable(hostile)));
}

TEST_CASE("each failed check has one annotation and there are at most ten of a kind") {
  CHECK(kinds(account()) == Kinds{"error", "warning"});
  GateAccount passed = account("errors", Outcome::healthy);
  passed.verdict = "pass";
  passed.warning.clear();
  CHECK(kinds(passed) == Kinds{"notice"});
  GateAccount many = account();
  many.warning.clear();
  many.incident.verdict.findings.assign(25, finding("errors", Outcome::breach));
  CHECK(kinds(many) == Kinds(10, "error"));
  CHECK(has(to_github_annotations(many), "::error title=Davy::16 more; all are in the report\n"));
  GateAccount forbidden = account("errors", Outcome::healthy);
  forbidden.verdict = "needs_human";
  forbidden.warning.clear();
  CHECK(kinds(forbidden) == Kinds{"error"});
}

TEST_CASE("a summary is cut at a line before the file grows over its limit") {
  GateAccount a = account();
  a.incident.verdict.findings.assign(3000, finding("errors", Outcome::breach));
  const std::string cut = to_github_summary(a, 50000);
  CHECK(cut.size() <= 50000);
  CHECK(cut.ends_with("(The report is longer than a summary may be.)\n"));
  CHECK(to_github_summary(a, 10).empty());
}

TEST_CASE("values of variables are one plain word each") {
  CHECK(plain_word("a b\n=c\"$(x)`é") == "a_b__c___x____");
  CHECK(plain_word(std::string(10240, 'x')).size() == 200);
  CHECK(assignments({{"A", "1\nB=2"}}) == "A=1_B_2\n");
  GateAccount a = account();
  a.report_file = "out/the report.json";
  CHECK(to_github_outputs(a) == "verdict=fail\nexit_code=10\nrelease=errors\nreport=out/the report.json\n");
  a.report_file = "out\nverdict=pass";
  CHECK_FALSE(has(to_github_outputs(a), "pass"));
}

TEST_CASE("XML holds what was said and never markup or characters that XML cannot hold") {
  CHECK(xml_escaped("<a b='c' d=\"e\">&]]>") == "&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;]]&gt;");
  CHECK(xml_escaped(std::string("\0\x1b\xff\xEF\xBF\xBF", 6)) == "\\x00\\x1b\\xff\\uffff");
}

TEST_CASE("a JUnit case is a check and the last one is the gate") {
  GateAccount a = account();
  a.incident.verdict.findings = {finding("errors", Outcome::breach), finding("errors", Outcome::healthy),
                                 finding("latency", Outcome::not_enough_data),
                                 finding("verdict", Outcome::source_error)};
  a.incident.verdict.findings.push_back(finding("shared", Outcome::breach));
  a.incident.verdict.findings.back().shared_failure = true;
  const std::string xml = to_junit(a);
  CHECK(has(xml, "tests=\"6\" failures=\"2\" errors=\"1\" skipped=\"2\" time=\"60.000\""));
  CHECK(has(
      xml,
      "name=\"errors\" time=\"60.000\">\n      <failure message=\"errors: canary 3.1% of 4,120 requests\" "
      "type=\"threshold\">canary 3.1% of 4,120; baseline 0.4% of 41,900; limit 0.8%</failure>"));
  CHECK(has(xml, "name=\"errors (2)\" time=\"60.000\"/>"));
  CHECK(has(xml, "name=\"verdict\" time=\"60.000\">\n      <error"));
  CHECK(has(xml, "name=\"verdict (2)\" time=\"60.000\">\n      <failure"));
}

TEST_CASE("every line of NDJSON is one JSON object whatever the names hold") {
  GuardSnapshot snapshot;
  snapshot.service = snapshot.release = hostile;
  snapshot.phase = Phase::watching;
  snapshot.verdict = account(hostile).incident.verdict;
  snapshot.targets.push_back({hostile, "canary", false, {}, 0, 0, hostile});
  const std::string text = to_ndjson(snapshot) + to_ndjson(account(hostile));
  const auto lines = split(text, '\n');
  REQUIRE(lines.size() == 3);
  CHECK(boost::json::parse(std::string(lines[0])).as_object().at("event").as_string() == "round");
  const auto last = boost::json::parse(std::string(lines[1])).as_object();
  CHECK(last.at("event").as_string() == "report");
  CHECK(last.at("gate").as_object().at("exit_code").to_number<int>() == 10);
  CHECK(is_utf8(text));
}

TEST_CASE("numbers that JSON cannot hold are null") {
  GateAccount a = account();
  a.incident.verdict.findings[0].canary.value = std::numeric_limits<double>::quiet_NaN();
  a.incident.verdict.findings[0].times_baseline = {2.0, std::numeric_limits<double>::infinity()};
  const auto check = boost::json::parse(to_json(a)).as_object().at("checks").as_array().at(0).as_object();
  CHECK(check.at("canary").as_object().at("value").is_null());
  CHECK(check.at("times_baseline").as_array().at(1).is_null());
}

TEST_CASE("a report that is read back says the same") {
  GateAccount a = account();
  a.incident.onset_s = 1;
  a.incident.detected_s = 2.5;
  a.incident.verdict.kind = VerdictKind::breach;
  a.incident.verdict.findings[0].log_evidence_max = 2;
  a.incident.verdict.findings[0].times_baseline = {2.0, std::numeric_limits<double>::infinity()};
  a.incident.verdict.findings[0].blast_radius = {"eu"};
  const std::string text = to_json(a.incident);
  const auto read = read_incident(text);
  REQUIRE(read.has_value());
  CHECK(to_json(*read) == text);
  CHECK(to_markdown(*read) == to_markdown(a.incident));
  CHECK_FALSE(read_incident("[]").has_value());
  CHECK_FALSE(read_incident("{\"format\":\"other\"}").has_value());
  CHECK_FALSE(read_incident("{").has_value());
}

TEST_CASE("a GitLab section begins and ends once and holds no other escape") {
  const std::string text = to_gitlab_log(account(hostile));
  CHECK(std::count(text.begin(), text.end(), '\x1b') == 4);
  CHECK(std::count(text.begin(), text.end(), '\r') == 2);
  CHECK(has(text, "\x1b[0Ksection_start:1714564860:davy_report[collapsed=true]\r\x1b[0KDavy's report\n# "));
  CHECK(has(text, "\n\x1b[0Ksection_end:1714564860:davy_report\r\x1b[0K\n"));
}

TEST_CASE("a warning stands at the top of the Markdown") {
  CHECK(has(to_markdown(account()), "healed\n\n> **Warning:** errors\n\nerrors\n"));
}

}  // namespace davy::report

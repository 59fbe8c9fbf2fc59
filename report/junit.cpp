#include "report/junit.hpp"

#include "report/finding_words.hpp"
#include "report/xml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace davy::report {
namespace {

constexpr std::size_t name_bytes_max = 200;

struct Case {
  std::string name;
  std::string element;  // failure, error, skipped; empty: the case is good
  std::string type;
  std::string message;
  std::string content;
};

Case case_of(const Finding& finding) {
  Case out{finding.check, "", "", finding.sentence, describe(finding)};
  switch (finding.outcome) {
    case Outcome::healthy: break;
    case Outcome::breach:
      out.element = finding.shared_failure ? "skipped" : "failure";
      out.type = "threshold";
      break;
    case Outcome::not_enough_data: out.element = "skipped"; break;
    case Outcome::source_error:
      out.element = "error";
      out.type = "blind";
      break;
  }
  return out;
}

Case case_of_gate(const GateAccount& account) {
  Case out{"verdict", "", account.verdict, account.incident.sentence, account.warning};
  if (account.verdict == "fail") {
    out.element = "failure";
  } else if (account.verdict == "inconclusive") {
    out.element = account.exit_code == 10 ? "failure" : "skipped";
  } else if (account.verdict != "pass") {
    out.element = "error";
  }
  return out;
}

std::string to_xml(const Case& c, const std::string& classname, double time_s) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", classname, c.name, time_s);
  if (c.element.empty()) return out + "/>\n";
  out += fmt::format(">\n      <{} message=\"{}\"", c.element, xml_escaped(c.message));
  if (c.element == "skipped") return out + "/>\n    </testcase>\n";
  return out + fmt::format(" type=\"{}\">{}</{}>\n    </testcase>\n", xml_escaped(c.type),
                           xml_escaped(c.content, 4000), c.element);
}

// Readers drop a second case of the same name.
std::string unique(const std::string& name, std::set<std::string>& taken) {
  std::string out = xml_escaped(name, name_bytes_max);
  for (int i = 2; !taken.insert(out).second; ++i)
    out = fmt::format("{} ({})", xml_escaped(name, name_bytes_max), i);
  return out;
}

std::string property(const char* name, const std::string& value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_escaped(value));
}

}  // namespace

std::string to_junit(const GateAccount& account) {
  const Incident& i = account.incident;
  std::vector<Case> cases;
  for (const Finding& finding : i.verdict.findings) cases.push_back(case_of(finding));
  cases.push_back(case_of_gate(account));
  std::set<std::string> taken;
  for (Case& c : cases) c.name = unique(c.name, taken);
  const auto count = [&](std::string_view element) {
    return std::count_if(cases.begin(), cases.end(), [&](const Case& c) { return c.element == element; });
  };
  const double took_s = std::max(0.0, std::chrono::duration<double>(i.ended_at - i.deployed_at).count());
  const std::string totals =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"", cases.size(),
                  count("failure"), count("error"), count("skipped"), took_s);
  const std::string name = xml_escaped(i.service, name_bytes_max);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"davy\" {}>\n", totals);
  const std::string at = to_rfc3339(i.deployed_at).substr(0, 19);  // the format has no zone
  out += fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n", name, totals, at);
  out += "    <properties>\n";
  out += property("release", i.release);
  out += property("revision", i.revision);
  out += property("policy", account.policy);
  out += property("policy_digest", i.policy_digest);
  out += property("mode", i.mode);
  out += property("verdict", account.verdict);
  out += property("exit_code", std::to_string(account.exit_code));
  out += "    </properties>\n";
  for (const Case& c : cases) out += to_xml(c, "davy." + name, took_s);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace davy::report

#include "report/github.hpp"

#include "core/base/text.hpp"
#include "report/finding_words.hpp"
#include "report/incident_report.hpp"
#include "report/plain_words.hpp"

#include <fmt/format.h>

namespace davy::report {
namespace {

constexpr std::size_t annotations_max = 10;  // that Actions shows of a kind

struct Annotation {
  std::string title;
  std::string message;
};

std::string escaped(std::string_view text, bool in_property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += in_property ? "%3A" : ":"; break;
      case ',': out += in_property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

std::string commands(const std::string& kind, const std::vector<Annotation>& all) {
  std::string out;
  const std::size_t shown = all.size() > annotations_max ? annotations_max - 1 : all.size();
  for (std::size_t i = 0; i < shown; ++i) out += workflow_command(kind, all[i].title, all[i].message);
  if (shown < all.size())
    out += workflow_command(kind, "Davy", fmt::format("{} more; all are in the report", all.size() - shown));
  return out;
}

}  // namespace

std::string workflow_command(const std::string& kind, const std::string& title, const std::string& message) {
  return fmt::format("::{} title={}::{}\n", kind, escaped(printable(title, 200), true),
                     escaped(printable(message, 2000), false));
}

std::string to_github_annotations(const GateAccount& account) {
  const bool passed = account.verdict == "pass";
  std::vector<Annotation> errors, warnings;
  for (const Finding& finding : account.incident.verdict.findings) {
    const Annotation one{fmt::format("{}: {}", account.incident.service, finding.check),
                         fmt::format("{} ({})", printable(finding.sentence, 1500), describe(finding))};
    if (finding.outcome == Outcome::breach && !finding.shared_failure) {
      errors.push_back(one);
    } else if (finding.outcome == Outcome::source_error) {
      errors.push_back(one);
    } else if (finding.outcome != Outcome::healthy && !passed) {
      warnings.push_back(one);
    }
  }
  const Annotation whole{title(account), account.incident.sentence};
  if (!account.warning.empty()) warnings.insert(warnings.begin(), {title(account), account.warning});
  const bool soft =
      (account.verdict == "inconclusive" && account.exit_code != 10) || account.verdict == "superseded";
  if (!passed && soft && warnings.empty()) warnings.push_back(whole);
  if (!passed && !soft && errors.empty()) errors.push_back(whole);
  std::string out = commands("error", errors) + commands("warning", warnings);
  if (passed && errors.empty()) out += commands("notice", {whole});
  return out;
}

std::string to_github_summary(const GateAccount& account, std::size_t bytes_left) {
  constexpr std::string_view cut = "\n\n(The report is longer than a summary may be.)\n";
  std::string out = to_markdown(account) + "\n";
  if (out.size() <= bytes_left) return out;
  if (bytes_left < 1000) return "";
  out.resize(out.rfind('\n', bytes_left - cut.size()));
  return out + std::string(cut);
}

std::string to_github_outputs(const GateAccount& account) {
  std::vector<std::pair<std::string, std::string>> values{{"verdict", account.verdict},
                                                          {"exit_code", std::to_string(account.exit_code)},
                                                          {"release", account.incident.release}};
  std::string out = assignments(values);
  // A path keeps its blanks; only what could begin another line must not be there.
  if (!account.report_file.empty() && printable(account.report_file, 4096) == account.report_file)
    out += "report=" + account.report_file + "\n";
  return out;
}

}  // namespace davy::report

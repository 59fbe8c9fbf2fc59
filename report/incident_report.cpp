#include "report/incident_report.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "report/finding_words.hpp"
#include "report/incident_json.hpp"
#include "report/markdown.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::report {
namespace {

std::string seconds_text(std::optional<double> s) { return s ? to_spoken(from_seconds(*s)) : "never"; }

std::optional<double> difference(std::optional<double> to, std::optional<double> from) {
  return to && from ? std::optional(*to - *from) : std::nullopt;
}

}  // namespace

std::string to_markdown(const Incident& i) {
  std::string out = fmt::format("# {} {}: {}\n\n{}\n\n", markdown_escaped(i.service),
                                markdown_escaped(i.release), headline(i), markdown_escaped(i.sentence));
  out += "| | |\n|---|---|\n";
  const auto row = [&](const char* name, const std::string& value) {
    out += fmt::format("| {} | {} |\n", name, value);
  };
  if (!i.revision.empty()) row("revision", markdown_escaped(i.revision));
  row("deployed", to_rfc3339(i.deployed_at));
  row("ended", to_rfc3339(i.ended_at));
  row("mode", markdown_escaped(i.mode));
  row("policy", markdown_escaped(i.policy_digest));
  if (i.detected_s) {
    row("first bad numbers", seconds_text(i.onset_s) + " after the deploy");
    row("time to detect", seconds_text(difference(i.detected_s, i.onset_s)) + " after that");
    row("time to recover", seconds_text(difference(i.recovered_s, i.onset_s)));
  }
  out += i.verdict.findings.empty() ? "\nNo check has been judged.\n"
                                    : "\n## Checks\n\n| check | outcome | canary | baseline | limit | times "
                                      "the baseline (95%) | p-value |\n"
                                      "|---|---|---|---|---|---|---|\n";
  for (const Finding& f : i.verdict.findings) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_escaped(f.check),
                       to_text(f.outcome), value_text(f.canary, f.unit), value_text(f.baseline, f.unit),
                       limit_text(f), interval_text(f.times_baseline), p_value_text(f.p_value()));
  }
  out += "\n";
  for (const Finding& f : i.verdict.findings) out += "- " + markdown_escaped(f.sentence) + "\n";
  if (!i.actions.empty()) {
    out += "\n## What was done\n\n";
    for (const ActionRecord& a : i.actions) {
      out += fmt::format("- {} ({}): {}; answered: {}; {} in {}, {}\n", markdown_escaped(a.actuator),
                         markdown_escaped(a.id), markdown_escaped(a.what), markdown_escaped(a.answer),
                         a.attempts == 1 ? "1 attempt" : fmt::format("{} attempts", a.attempts),
                         to_spoken(a.took),
                         a.verified ? "verified" : (a.accepted ? "accepted, not verified" : "not accepted"));
    }
  }
  out += "\n## Timeline\n\n| since deploy | since onset | what | |\n|---|---|---|---|\n";
  for (const TimelineEntry& e : i.timeline) {
    const auto since_onset = difference(e.since_deploy_s, i.onset_s);
    out += fmt::format("| {:.1f} s | {} | {} | {} |\n", e.since_deploy_s,
                       since_onset ? fmt::format("{:+.1f} s", *since_onset) : "", markdown_escaped(e.what),
                       markdown_escaped(e.text));
  }
  return out;
}

std::string to_markdown(const GateAccount& account) {
  std::string out = to_markdown(account.incident);
  if (account.warning.empty()) return out;
  const std::size_t after_headline = out.find("\n\n") + 2;
  return out.insert(after_headline, "> **Warning:** " + markdown_escaped(account.warning) + "\n\n");
}

std::string to_json(const Incident& incident) { return boost::json::serialize(incident_json(incident)); }
std::string to_json(const GateAccount& account) { return boost::json::serialize(account_json(account)); }

}  // namespace davy::report

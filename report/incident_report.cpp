#include "report/incident_report.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "report/markdown.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <fmt/format.h>

namespace davy::report {
namespace json = boost::json;
namespace {

std::string headline(Phase end) {
  switch (end) {
    case Phase::healed: return "rolled back and healed";
    case Phase::passed: return "passed";
    case Phase::inconclusive: return "inconclusive";
    case Phase::needs_human: return "needs a human";
    case Phase::observed: return "would have been rolled back (mode observe)";
    case Phase::superseded: return "superseded";
    default: return std::string(to_text(end));
  }
}

std::string value_text(const SideValue& side, Unit unit) {
  if (!side.value) return "nothing";
  return fmt::format("{} of {}", to_text(*side.value, unit), to_count(side.samples));
}

std::string interval_text(const std::optional<std::pair<double, double>>& times) {
  if (!times) return "";
  if (std::isinf(times->second)) return times->first > 0 ? fmt::format("above {:.2g}", times->first) : "";
  return fmt::format("{:.2g} to {:.2g}", times->first, times->second);
}

std::string p_value_text(std::optional<double> p) {
  if (!p) return "";
  return *p < 0.0001 ? "below 0.0001" : fmt::format("{:.2g}", *p);
}

std::string seconds_text(std::optional<double> s) { return s ? to_spoken(from_seconds(*s)) : "never"; }

std::optional<double> difference(std::optional<double> to, std::optional<double> from) {
  return to && from ? std::optional(*to - *from) : std::nullopt;
}

json::value or_null(const std::optional<double>& n) { return n ? json::value(*n) : json::value(nullptr); }

// An end that nothing bounds is null: JSON has no infinity.
json::value interval_json(const std::optional<std::pair<double, double>>& times) {
  if (!times) return nullptr;
  return json::array{times->first,
                     std::isinf(times->second) ? json::value(nullptr) : json::value(times->second)};
}

json::object side_json(const SideValue& side) {
  return {{"value", or_null(side.value)}, {"samples", side.samples}};
}

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::ratio: return "ratio";
    case Unit::seconds: return "seconds";
    case Unit::bytes: return "bytes";
    case Unit::count: return "count";
    case Unit::per_second: return "per_second";
  }
  return "count";
}

}  // namespace

std::string to_markdown(const Incident& i) {
  std::string out = fmt::format("# {} {}: {}\n\n{}\n\n", markdown_escaped(i.service),
                                markdown_escaped(i.release), headline(i.end), markdown_escaped(i.sentence));
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
  out +=
      "\n## Checks\n\n| check | outcome | canary | baseline | limit | times the baseline (95%) | p-value |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Finding& f : i.verdict.findings) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_escaped(f.check),
                       to_text(f.outcome), value_text(f.canary, f.unit), value_text(f.baseline, f.unit),
                       f.limit ? to_text(*f.limit, f.unit) : "none", interval_text(f.times_baseline),
                       p_value_text(f.p_value()));
  }
  out += "\n";
  for (const Finding& f : i.verdict.findings) out += "- " + markdown_escaped(f.sentence) + "\n";
  if (!i.actions.empty()) {
    out += "\n## What was done\n\n";
    for (const ActionRecord& a : i.actions) {
      out += fmt::format("- {} (`{}`): {}; answered: {}; {} in {}, {}\n", markdown_escaped(a.actuator),
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

std::string to_json(const Incident& i) {
  json::array checks;
  for (const Finding& f : i.verdict.findings) {
    json::array blast;
    for (const std::string& value : f.blast_radius) blast.push_back(json::value(value));
    checks.push_back(json::object{{"name", f.check},
                                  {"kind", to_text(f.kind)},
                                  {"severity", to_text(f.severity)},
                                  {"unit", unit_name(f.unit)},
                                  {"outcome", to_text(f.outcome)},
                                  {"shared_failure", f.shared_failure},
                                  {"canary", side_json(f.canary)},
                                  {"baseline", side_json(f.baseline)},
                                  {"limit", or_null(f.limit)},
                                  {"times_baseline", interval_json(f.times_baseline)},
                                  {"p_value", or_null(f.p_value())},
                                  {"blast_radius", std::move(blast)},
                                  {"sentence", f.sentence}});
  }
  json::array actions;
  for (const ActionRecord& a : i.actions) {
    actions.push_back(json::object{{"actuator", a.actuator},
                                   {"id", a.id},
                                   {"what", a.what},
                                   {"answer", a.answer},
                                   {"attempts", a.attempts},
                                   {"accepted", a.accepted},
                                   {"verified", a.verified},
                                   {"took_s", seconds(a.took)}});
  }
  json::array timeline;
  for (const TimelineEntry& e : i.timeline) {
    timeline.push_back(json::object{{"at", to_rfc3339(e.at)},
                                    {"since_deploy_s", e.since_deploy_s},
                                    {"since_onset_s", or_null(difference(e.since_deploy_s, i.onset_s))},
                                    {"what", e.what},
                                    {"text", e.text}});
  }
  const json::object out{{"format", "davy/report/v1"},
                         {"service", i.service},
                         {"release", i.release},
                         {"revision", i.revision},
                         {"mode", i.mode},
                         {"policy_digest", i.policy_digest},
                         {"end", to_text(i.end)},
                         {"verdict", to_text(i.verdict.kind)},
                         {"sentence", i.sentence},
                         {"reason", i.verdict.sentence},
                         {"blamed_check", i.verdict.blamed_check},
                         {"deployed_at", to_rfc3339(i.deployed_at)},
                         {"ended_at", to_rfc3339(i.ended_at)},
                         {"onset_s", or_null(i.onset_s)},
                         {"detected_s", or_null(i.detected_s)},
                         {"acted_s", or_null(i.acted_s)},
                         {"recovered_s", or_null(i.recovered_s)},
                         {"time_to_detect_s", or_null(difference(i.detected_s, i.onset_s))},
                         {"time_to_recover_s", or_null(difference(i.recovered_s, i.onset_s))},
                         {"checks", std::move(checks)},
                         {"actions", std::move(actions)},
                         {"timeline", std::move(timeline)}};
  return json::serialize(out);
}

}  // namespace davy::report

#include "report/incident_json.hpp"

#include "core/base/text.hpp"

#include <boost/json.hpp>
#include <cmath>

namespace davy::report {
namespace json = boost::json;
namespace {

json::value number_json(double n) { return std::isfinite(n) ? json::value(n) : json::value(nullptr); }
json::value or_null(const std::optional<double>& n) { return n ? number_json(*n) : json::value(nullptr); }

std::optional<double> difference(std::optional<double> to, std::optional<double> from) {
  return to && from ? std::optional(*to - *from) : std::nullopt;
}

// An end that nothing bounds is null: JSON has no infinity.
json::value interval_json(const std::optional<std::pair<double, double>>& times) {
  if (!times) return nullptr;
  return json::array{number_json(times->first), number_json(times->second)};
}

json::object side_json(const SideValue& side) {
  return {{"value", or_null(side.value)}, {"samples", number_json(side.samples)}};
}

json::object action_json(const ActionRecord& a) {
  return {{"actuator", text_json(a.actuator)},
          {"id", text_json(a.id)},
          {"what", text_json(a.what)},
          {"answer", text_json(a.answer)},
          {"attempts", a.attempts},
          {"accepted", a.accepted},
          {"verified", a.verified},
          {"took_s", seconds(a.took)}};
}

}  // namespace

json::value text_json(std::string_view text) {
  if (is_utf8(text)) return json::value(json::string(text));
  return json::value(json::string(printable(text, text.size())));
}

json::object finding_json(const Finding& f) {
  json::array blast;
  for (const std::string& value : f.blast_radius) blast.push_back(text_json(value));
  return {{"name", text_json(f.check)},          {"kind", to_text(f.kind)},
          {"severity", to_text(f.severity)},     {"unit", to_text(f.unit)},
          {"outcome", to_text(f.outcome)},       {"suspicious", f.suspicious},
          {"shared_failure", f.shared_failure},  {"canary", side_json(f.canary)},
          {"baseline", side_json(f.baseline)},   {"limit", or_null(f.limit)},
          {"evidence", number_json(f.evidence)}, {"times_baseline", interval_json(f.times_baseline)},
          {"p_value", or_null(f.p_value())},     {"blast_radius", std::move(blast)},
          {"sentence", text_json(f.sentence)}};
}

json::object incident_json(const Incident& i) {
  json::array checks, actions, timeline;
  for (const Finding& finding : i.verdict.findings) checks.push_back(finding_json(finding));
  for (const ActionRecord& action : i.actions) actions.push_back(action_json(action));
  for (const TimelineEntry& e : i.timeline) {
    timeline.push_back(json::object{{"at", to_rfc3339(e.at)},
                                    {"since_deploy_s", e.since_deploy_s},
                                    {"since_onset_s", or_null(difference(e.since_deploy_s, i.onset_s))},
                                    {"what", text_json(e.what)},
                                    {"text", text_json(e.text)}});
  }
  return {{"format", "davy/report/v1"},
          {"service", text_json(i.service)},
          {"release", text_json(i.release)},
          {"revision", text_json(i.revision)},
          {"mode", text_json(i.mode)},
          {"policy_digest", text_json(i.policy_digest)},
          {"end", to_text(i.end)},
          {"verdict", to_text(i.verdict.kind)},
          {"sentence", text_json(i.sentence)},
          {"reason", text_json(i.verdict.sentence)},
          {"blamed_check", text_json(i.verdict.blamed_check)},
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
}

json::object account_json(const GateAccount& account) {
  json::object out = incident_json(account.incident);
  out["gate"] = json::object{{"verdict", account.verdict},
                             {"exit_code", account.exit_code},
                             {"policy", text_json(account.policy)},
                             {"warning", text_json(account.warning)}};
  return out;
}

}  // namespace davy::report

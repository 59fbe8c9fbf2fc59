#include "server/status_json.hpp"

#include <boost/json.hpp>
#include <cmath>

namespace davy::server {
namespace json = boost::json;
namespace {

json::value or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object side(const SideValue& value) {
  return {{"value", or_null(value.value)}, {"samples", value.samples}};
}

// An end that nothing bounds is null: JSON has no infinity.
json::value interval(const std::optional<std::pair<double, double>>& times) {
  if (!times) return nullptr;
  return json::array{times->first,
                     std::isinf(times->second) ? json::value(nullptr) : json::value(times->second)};
}

json::object finding_json(const Finding& finding) {
  return {{"check", finding.check},
          {"kind", to_text(finding.kind)},
          {"severity", to_text(finding.severity)},
          {"unit", to_text(finding.unit)},
          {"outcome", to_text(finding.outcome)},
          {"suspicious", finding.suspicious},
          {"shared_failure", finding.shared_failure},
          {"canary", side(finding.canary)},
          {"baseline", side(finding.baseline)},
          {"limit", or_null(finding.limit)},
          {"evidence", finding.evidence},
          {"p_value", or_null(finding.p_value())},
          {"times_baseline", interval(finding.times_baseline)},
          {"sentence", finding.sentence}};
}

}  // namespace

std::string to_json(const GuardSnapshot& s) {
  json::object out{{"service", s.service},       {"mode", s.mode},
                   {"phase", to_text(s.phase)},  {"policy_digest", s.policy_digest},
                   {"journal_ok", s.journal_ok}, {"action_ready", s.action_ready},
                   {"release", nullptr},         {"verdict", nullptr}};
  if (!s.leader.empty()) out["leader"] = s.leader;
  if (!s.release.empty()) {
    out["release"] = json::object{{"id", s.release},
                                  {"revision", s.revision},
                                  {"deployed_at", to_rfc3339(s.deployed_at)},
                                  {"elapsed_s", s.elapsed_s},
                                  {"window_s", s.window_s}};
  }
  if (s.verdict) {
    json::array checks;
    for (const Finding& finding : s.verdict->findings) checks.push_back(finding_json(finding));
    out["verdict"] = json::object{{"kind", to_text(s.verdict->kind)},
                                  {"sentence", s.verdict->sentence},
                                  {"blamed_check", s.verdict->blamed_check},
                                  {"checks", std::move(checks)}};
  }
  json::array targets;
  for (const TargetStatus& t : s.targets) {
    targets.push_back(json::object{{"url", t.url},
                                   {"sides", t.sides},
                                   {"up", t.up},
                                   {"took_s", seconds(t.took)},
                                   {"body_bytes", t.body_bytes},
                                   {"samples", t.samples},
                                   {"problem", t.problem}});
  }
  out["targets"] = std::move(targets);
  json::array timeline;
  for (const TimelineEntry& e : s.timeline) {
    timeline.push_back(json::object{
        {"at", to_rfc3339(e.at)}, {"since_deploy_s", e.since_deploy_s}, {"what", e.what}, {"text", e.text}});
  }
  out["timeline"] = std::move(timeline);
  return json::serialize(out);
}

}  // namespace davy::server

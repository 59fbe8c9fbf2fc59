// A report's JSON back into values: for whoever follows another Davy.

#include "report/incident_json.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <limits>

namespace davy::report {
namespace json = boost::json;
namespace {

std::string text(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<double> number(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

bool flag(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array& list(const json::object& in, std::string_view key) {
  static const json::array none;
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

WallTime time(const json::object& in, std::string_view key) {
  return parse_rfc3339(text(in, key)).value_or(WallTime{});
}

// The value of that name, among `count` values in order.
template <class Value>
Value named(const std::string& name, int count, Value otherwise) {
  for (int i = 0; i < count; ++i) {
    if (to_text(static_cast<Value>(i)) == name) return static_cast<Value>(i);
  }
  return otherwise;
}

Unit unit_of(const std::string& name) {
  return name == "ratio"        ? Unit::ratio
         : name == "seconds"    ? Unit::seconds
         : name == "bytes"      ? Unit::bytes
         : name == "per_second" ? Unit::per_second
                                : Unit::count;
}

SideValue side(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  if (value == nullptr || !value->is_object()) return {};
  return {number(value->get_object(), "value"), number(value->get_object(), "samples").value_or(0)};
}

ActionRecord action_of(const json::object& in) {
  ActionRecord action;
  action.actuator = text(in, "actuator");
  action.id = text(in, "id");
  action.what = text(in, "what");
  action.answer = text(in, "answer");
  action.attempts = static_cast<int>(number(in, "attempts").value_or(0));
  action.accepted = flag(in, "accepted");
  action.verified = flag(in, "verified");
  action.took = from_seconds(number(in, "took_s").value_or(0));
  return action;
}

}  // namespace

Finding read_finding(const json::object& in) {
  Finding f;
  f.check = in.contains("name") ? text(in, "name") : text(in, "check");
  f.kind = named(text(in, "kind"), 5, CheckKind::ratio);
  f.severity = named(text(in, "severity"), 4, Severity::p1);
  f.unit = unit_of(text(in, "unit"));
  f.outcome = named(text(in, "outcome"), 4, Outcome::not_enough_data);
  f.suspicious = flag(in, "suspicious");
  f.shared_failure = flag(in, "shared_failure");
  f.canary = side(in, "canary");
  f.baseline = side(in, "baseline");
  f.limit = number(in, "limit");
  f.evidence = number(in, "evidence").value_or(0);
  if (const auto p = number(in, "p_value"); p && *p > 0) f.log_evidence_max = -std::log(*p);
  const json::array& times = list(in, "times_baseline");
  if (times.size() == 2 && times[0].is_number()) {
    const double upper =
        times[1].is_number() ? times[1].to_number<double>() : std::numeric_limits<double>::infinity();
    f.times_baseline = {times[0].to_number<double>(), upper};
  }
  for (const json::value& value : list(in, "blast_radius")) {
    if (value.is_string()) f.blast_radius.emplace_back(value.get_string());
  }
  f.sentence = text(in, "sentence");
  return f;
}

Result<Incident> read_incident(std::string_view document) {
  json::error_code ec;
  const json::value value = json::parse(json::string_view(document.data(), document.size()), ec);
  if (ec || !value.is_object()) return Error(ErrorKind::malformed, "the report is not a JSON object");
  const json::object& in = value.get_object();
  if (text(in, "format") != "davy/report/v1")
    return Error(ErrorKind::malformed, "the report's format is not davy/report/v1");
  Incident i;
  i.service = text(in, "service");
  i.release = text(in, "release");
  i.revision = text(in, "revision");
  i.mode = text(in, "mode");
  i.policy_digest = text(in, "policy_digest");
  i.end = named(text(in, "end"), phase_count, Phase::cancelled);
  i.verdict.kind = named(text(in, "verdict"), 8, VerdictKind::not_enough_data);
  i.sentence = text(in, "sentence");
  i.verdict.sentence = text(in, "reason");
  i.verdict.blamed_check = text(in, "blamed_check");
  i.deployed_at = time(in, "deployed_at");
  i.ended_at = time(in, "ended_at");
  i.onset_s = number(in, "onset_s");
  i.detected_s = number(in, "detected_s");
  i.acted_s = number(in, "acted_s");
  i.recovered_s = number(in, "recovered_s");
  for (const json::value& check : list(in, "checks")) {
    if (check.is_object()) i.verdict.findings.push_back(read_finding(check.get_object()));
  }
  for (const json::value& action : list(in, "actions")) {
    if (action.is_object()) i.actions.push_back(action_of(action.get_object()));
  }
  for (const json::value& entry : list(in, "timeline")) {
    if (!entry.is_object()) continue;
    const json::object& e = entry.get_object();
    i.timeline.push_back(
        {time(e, "at"), number(e, "since_deploy_s").value_or(0), text(e, "what"), text(e, "text")});
  }
  return i;
}

}  // namespace davy::report

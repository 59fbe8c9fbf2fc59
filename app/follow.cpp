#include "app/follow.hpp"

#include "report/incident_json.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::app {
namespace json = boost::json;
namespace {

std::string text(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

double number(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

const json::object* object(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

template <class Each>
void each(const json::object& in, std::string_view key, const Each& use) {
  const json::value* value = in.if_contains(key);
  if (value == nullptr || !value->is_array()) return;
  for (const json::value& one : value->get_array()) {
    if (one.is_object()) use(one.get_object());
  }
}

Phase phase_of(const std::string& name) {
  for (int i = 0; i < phase_count; ++i) {
    if (to_text(static_cast<Phase>(i)) == name) return static_cast<Phase>(i);
  }
  return Phase::idle;
}

VerdictKind verdict_of(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(VerdictKind::blind); ++i) {
    if (to_text(static_cast<VerdictKind>(i)) == name) return static_cast<VerdictKind>(i);
  }
  return VerdictKind::not_enough_data;
}

Verdict read_verdict(const json::object& in) {
  Verdict verdict;
  verdict.kind = verdict_of(text(in, "kind"));
  verdict.sentence = text(in, "sentence");
  verdict.blamed_check = text(in, "blamed_check");
  each(in, "checks",
       [&](const json::object& check) { verdict.findings.push_back(report::read_finding(check)); });
  return verdict;
}

}  // namespace

Result<GuardSnapshot> read_status(std::string_view body) {
  json::error_code ec;
  const json::value value = json::parse(json::string_view(body.data(), body.size()), ec);
  if (ec || !value.is_object()) return Error(ErrorKind::malformed, "the status is not a JSON object");
  const json::object& in = value.get_object();
  if (in.contains("services"))
    return Error(ErrorKind::not_found, "several services are watched there; say which with --service");
  if (!in.contains("phase")) return Error(ErrorKind::malformed, "the answer is not a Davy's status");
  GuardSnapshot s;
  s.service = text(in, "service");
  s.mode = text(in, "mode");
  s.phase = phase_of(text(in, "phase"));
  s.policy_digest = text(in, "policy_digest");
  if (const json::object* release = object(in, "release")) {
    s.release = text(*release, "id");
    s.revision = text(*release, "revision");
    s.deployed_at = parse_rfc3339(text(*release, "deployed_at")).value_or(WallTime{});
    s.elapsed_s = number(*release, "elapsed_s");
    s.window_s = number(*release, "window_s");
  }
  if (const json::object* verdict = object(in, "verdict")) s.verdict = read_verdict(*verdict);
  each(in, "targets", [&](const json::object& target) {
    TargetStatus read;
    read.url = text(target, "url");
    read.sides = text(target, "sides");
    const json::value* up = target.if_contains("up");
    read.up = up != nullptr && up->is_bool() && up->get_bool();
    read.problem = text(target, "problem");
    s.targets.push_back(std::move(read));
  });
  each(in, "timeline", [&](const json::object& entry) {
    s.timeline.push_back({parse_rfc3339(text(entry, "at")).value_or(WallTime{}),
                          number(entry, "since_deploy_s"), text(entry, "what"), text(entry, "text")});
  });
  return s;
}

Incident account_of(const GuardSnapshot& s) {
  Incident incident;
  incident.service = s.service;
  incident.release = s.release;
  incident.revision = s.revision;
  incident.mode = s.mode;
  incident.policy_digest = s.policy_digest;
  incident.end = s.phase;
  incident.deployed_at = s.deployed_at;
  incident.ended_at =
      s.deployed_at + std::chrono::duration_cast<std::chrono::milliseconds>(from_seconds(s.elapsed_s));
  incident.window = from_seconds(s.window_s);
  if (s.verdict) incident.verdict = *s.verdict;
  incident.sentence = incident.verdict.sentence;
  incident.timeline = s.timeline;
  return incident;
}

FollowStep Follower::see(const GuardSnapshot& now) {
  const bool runs = !now.release.empty() && !is_end(now.phase);
  if (release_.empty() && runs) release_ = now.release;
  if (release_.empty()) return FollowStep::wait;
  if (now.release != release_) return FollowStep::ask;
  seen_ = now;
  was_there_ = true;
  return is_end(now.phase) ? FollowStep::ask : FollowStep::watch;
}

std::optional<Incident> Follower::conclude(const GuardSnapshot& now,
                                           const std::optional<Incident>& last) const {
  if (last && last->release == release_) return last;
  if (now.release == release_) return account_of(now);  // ended, and the server keeps no account of it
  if (!was_there_) return std::nullopt;
  Incident gone = account_of(seen_);
  gone.end = Phase::superseded;
  gone.sentence = now.release.empty()
                      ? fmt::format("the server no longer knows {}", release_)
                      : fmt::format("the server now watches {} in place of {}", now.release, release_);
  return gone;
}

}  // namespace davy::app

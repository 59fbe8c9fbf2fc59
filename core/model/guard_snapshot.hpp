#pragma once

// What the guard shows of itself, as a value: the server renders it, the command line draws it, tests read
// it.

#include "core/base/clock.hpp"
#include "core/model/decision.hpp"
#include "core/model/verdict.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace davy {

struct TargetStatus {
  std::string url;
  std::string sides;  // "canary", "baseline" or "both"
  bool up = false;
  Duration took{};
  std::size_t body_bytes = 0;
  std::size_t samples = 0;
  std::string problem;  // empty when up
};

struct TimelineEntry {
  WallTime at{};
  double since_deploy_s = 0;
  std::string
      what;  // one word of a closed set: deployed, suspecting, breach, intent, answered, verified, ...
  std::string text;
};

struct GuardSnapshot {
  std::string service;
  std::string mode;     // enforce | observe
  std::string release;  // empty while idle
  std::string revision;
  Phase phase = Phase::idle;
  WallTime deployed_at{};
  double elapsed_s = 0;
  double window_s = 0;
  std::optional<Verdict> verdict;  // of the last round
  std::vector<TargetStatus> targets;
  std::vector<TimelineEntry> timeline;
  std::string policy_digest;
  std::string
      leader;  // who watches this service, where several Davys share the work; empty: there is only this one
  bool journal_ok = true;
  bool action_ready = true;  // every actuator could be observed when the window was armed
};

// What an operator asks for; drained at the start of a round.
struct OperatorRequest {
  enum class Kind { start_release, hold, resume, rollback_now, cancel } kind = Kind::hold;
  std::string release;   // the release it speaks of, or the id of the one to start; empty: the current one
  std::string revision;  // start_release: what is being deployed
  std::map<std::string, std::string>
      facts;        // start_release: what actuators need, where the release was noticed
  std::string who;  // for the record
  std::string reason;
};

}  // namespace davy

#pragma once

// The account of one release from deploy to end: what the report room turns into Markdown and JSON.

#include "core/base/clock.hpp"
#include "core/model/decision.hpp"
#include "core/model/guard_snapshot.hpp"
#include "core/model/verdict.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy {

// One action of the plan as it was carried out.
struct ActionRecord {
  std::string actuator;  // "haproxy", "http", "exec"
  std::string id;
  std::string what;    // what was asked
  std::string answer;  // what the deploy system answered
  int attempts = 0;
  bool accepted = false;
  bool verified = false;
  Duration took{};
};

struct Incident {
  std::string service;
  std::string release;
  std::string revision;
  std::string mode;
  std::string policy_digest;
  Phase end = Phase::idle;
  WallTime deployed_at{};
  WallTime ended_at{};
  Duration window{};
  std::optional<double> onset_s;  // seconds since deploy at which the numbers first went wrong, where known
  std::optional<double> detected_s;   // ... the verdict
  std::optional<double> acted_s;      // ... the deploy system said yes
  std::optional<double> recovered_s;  // ... verified
  Verdict verdict;                    // the one that decided, or the last
  std::string sentence;               // how it ended, in one line
  std::vector<ActionRecord> actions;
  std::vector<TimelineEntry> timeline;
};

}  // namespace davy

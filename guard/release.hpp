#pragma once

// One release from deploy to end: everything the loop must know about it between rounds, and everything a
// restart has to find again.

#include "core/model/incident.hpp"
#include "rollback/verification.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace davy::guard {

struct Release {
  Incident incident;  // what will be told: grows as things happen
  Phase phase = Phase::idle;
  Instant deployed_at{};

  // The plan's progress: which action is (or will be) carried out, and the intent that was recorded for it.
  std::size_t next_action = 0;
  std::string intent_id;  // empty: none recorded for next_action yet
  WallTime decided_at{};  // when the first intent was recorded; a resumed action keeps it
  std::optional<Instant> verifying_until;
  std::optional<rollback::Verification> verification;

  // What pins the actuators to this release, from whoever noticed it and from arming.
  std::map<std::string, std::string> facts;
  std::map<std::string, std::string> announced;  // of these, what the release was noticed with
  bool armed = false;                            // every actuator has been asked
  int applied_again = 0;                         // after somebody had undone the rollback

  std::optional<Instant> blind_since;
  std::optional<Instant> no_data_since;
  bool resumed = false;  // recovered after a restart
};

}  // namespace davy::guard

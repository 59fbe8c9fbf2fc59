#pragma once

// The one patch that gives the canary its share, for what is there now. Pure.
//
// The patch tests the object's UID and every list of backends that it changes. Weights that somebody else has
// changed since the release began are not fought over: they may be a rollout's next step, or somebody's
// rollback.

#include "rollback/kubernetes/tested_patch.hpp"
#include "rollback/traffic/traffic_object.hpp"

#include <map>

namespace davy::rollback {

// What arming keeps for the comparison, and for restore.
std::map<std::string, std::string> weight_facts(const TrafficOptions& options,
                                                const boost::json::object& object,
                                                const std::vector<TrafficSplit>& splits);

// Errors: unsupported (not_armed; foreign_change, which says whose; no_canary, no_other).
Result<PlannedPatch> plan_traffic(const TrafficOptions& options, const boost::json::object& object,
                                  const Action& action, const std::string& path);

// Our action is noted on the object, and the weights are not what it made of them: who changed them.
std::string weights_undone_by(const TrafficOptions& options, const boost::json::object& object,
                              const Action& action);

}  // namespace davy::rollback

#pragma once

// A deploy of the past as Prometheus remembers it: the rounds that Davy would have had, as a recording. The
// source is the one of a watch, asked as of then.

#include "collector/recording/recording.hpp"
#include "config/deploys.hpp"
#include "config/policy.hpp"

namespace davy::app {

// The policy for this deploy: its sides come from `prometheus_url` where they do not name a server
// themselves, and are told apart by the deploy's own matchers. Error: invalid, when nothing tells them apart.
Result<config::Policy> policy_of(const config::Policy& policy, const config::PastDeploy& deploy,
                                 const std::string& prometheus_url);

// Blocks, on a loop of its own. Five minutes before the deploy and a window after it. Error: that of the
// server, where it has not answered once.
Result<collector::recording::Recording> record_past(const config::Policy& policy,
                                                    const config::PastDeploy& deploy);

}  // namespace davy::app

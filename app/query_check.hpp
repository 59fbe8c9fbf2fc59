#pragma once

// Asks the policy's Prometheus servers once, before anything is watched: a query that they do not understand
// is an error of the policy, found at the start and not at night.

#include "config/policy.hpp"
#include "core/base/result.hpp"

namespace davy::app {

// Blocks for scrape.timeout at most, on a loop of its own. Error: invalid (policy), with the server's words.
// A policy without prometheus, and servers that do not answer, are fine.
Result<void> check_queries(const config::Policy& policy);

}  // namespace davy::app

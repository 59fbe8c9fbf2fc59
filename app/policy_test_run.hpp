#pragma once

// Runs a policy's tests: what each expected and did not get, in words.

#include "app/replay.hpp"
#include "config/policy_test.hpp"

namespace davy::app {

struct TestOutcome {
  std::string name;
  std::vector<std::string> failures;  // empty: it holds
  std::string found;                  // "roll_back after 12.0 s: errors: ..."
};

// `folder` is where recordings are looked for.
TestOutcome run_test(const config::TestCase& test, const config::Policy& policy, const std::string& folder);

}  // namespace davy::app

#pragma once

// The series that a test gives, as a recording: every instance is a target, and every value a scrape.

#include "collector/recording/recording.hpp"
#include "config/policy.hpp"
#include "config/policy_test.hpp"

namespace davy::app {

collector::recording::Recording recording_of(const config::TestCase& test, const config::Policy& policy);

}  // namespace davy::app

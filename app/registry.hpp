#pragma once

// The one place that names concrete kinds: a new actuator or comparison is one line in registry.cpp.

#include "config/policy.hpp"
#include "judge/comparison.hpp"
#include "rollback/actuator.hpp"

namespace davy::app {

// Every action of a list; problems go to the policy's. Empty pointers never get in: on a problem the list is
// short.
std::vector<std::unique_ptr<rollback::Actuator>> make_actuators(const std::vector<config::ActionSpec>& specs,
                                                                const rollback::ActuatorParts& parts);

std::unique_ptr<judge::Comparison> make_comparison(const Check& check);

}  // namespace davy::app

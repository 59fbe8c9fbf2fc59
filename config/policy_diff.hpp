#pragma once

// What a change of policy means in behaviour: one English sentence a difference, in the words of explain().
// Pure. What a sentence has no words for is said as a whole ("something else changes"), never left out: only
// policies with equal digests mean the same.

#include "config/policy.hpp"

#include <string>
#include <vector>

namespace davy::config {

// Empty when they mean the same.
std::vector<std::string> policy_differences(const Policy& before, const Policy& after);

}  // namespace davy::config

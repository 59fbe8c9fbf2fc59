#pragma once

// What is wrong with a policy as a whole, although each of its parts can be read: rules that can never fire,
// sides that are the same, responses that nothing carries out.

#include "config/policy.hpp"

namespace davy::config {

void check_policy(const Section& in, const Policy& policy);

}  // namespace davy::config

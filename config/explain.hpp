#pragma once

// A policy in English: who is compared, when, one sentence a check, what happens when it trips, and what if
// nothing can be seen. For the person who wrote it, and for whoever reviews it.

#include "config/policy.hpp"

#include <string>

namespace davy::config {

std::string explain(const Policy& policy);

}  // namespace davy::config

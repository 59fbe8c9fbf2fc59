#pragma once

// A GuardSnapshot as JSON: what /api/v1/status answers and what --output json prints.

#include "core/model/guard_snapshot.hpp"

#include <string>

namespace davy::server {

std::string to_json(const GuardSnapshot& snapshot);

}  // namespace davy::server

#pragma once

// Limits on ourselves: how often one service may be rolled back without a human. Pure.

#include "core/base/clock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy::guard {

struct GuardRails {
  Duration deadline = std::chrono::minutes(2);    // from the intent to the deploy system's yes
  Duration verify_for = std::chrono::minutes(5);  // from there to verified
  Duration cooldown = std::chrono::minutes(30);   // between two rollbacks of the service
  int at_most = 3;                                // rollbacks ...
  Duration per = std::chrono::hours(24);          // ... in this time
};

// Why another rollback is forbidden now, or nothing. `past` holds when earlier releases of the service were
// rolled back.
std::optional<std::string> forbidden(const GuardRails& rails, const std::vector<WallTime>& past,
                                     WallTime now);

}  // namespace davy::guard

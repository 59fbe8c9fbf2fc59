#pragma once

// Where a release stands.

#include <string_view>

namespace davy {

enum class Phase {
  idle,          // no release to watch
  warming_up,    // collected and shown, not judged
  watching,      // judged every round
  suspecting,    // a limit is exceeded, not yet confirmed
  holding,       // the policy says to hold (it cannot see, or both sides fail): told, and watched on
  held,          // an operator said: hands off
  rolling_back,  // the intent is recorded; the plan is being carried out
  verifying,     // the deploy system said yes; traffic must leave the canary and the numbers must heal
  // the ends
  healed,        // rolled back, and verified
  passed,        // the window ended well
  inconclusive,  // the window ended without enough to say
  needs_human,   // the rollback failed, was not verified, or a guard rail forbids it
  observed,      // mode observe: would have been rolled back
  superseded,    // a newer release took its place
  cancelled,     // stopped before a verdict
};
inline constexpr int phase_count = 15;

std::string_view to_text(Phase phase);
bool is_end(Phase phase);

}  // namespace davy

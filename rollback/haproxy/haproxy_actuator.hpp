#pragma once

// Takes the canary's servers out of (or back into) an HAProxy backend through its runtime API: the weakest
// action that works, in effect at once, and read back before it counts.

#include "rollback/actuator.hpp"

namespace davy::rollback {

std::unique_ptr<Actuator> make_haproxy_actuator(const config::Section& options, const ActuatorParts& parts);

}  // namespace davy::rollback

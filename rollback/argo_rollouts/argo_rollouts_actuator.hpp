#pragma once

// Argo Rollouts: abort, retry, promote, pause or undo of a Rollout, by its own API and without a plugin.

#include "rollback/actuator.hpp"

namespace davy::rollback {

std::unique_ptr<Actuator> make_argo_rollouts_actuator(const config::Section& options,
                                                      const ActuatorParts& parts);

}  // namespace davy::rollback

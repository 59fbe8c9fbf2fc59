#pragma once

// Kubernetes' own workloads, unmodified: undo to a revision, scale, pause and resume, each as one JSON patch
// that tests what was judged.

#include "rollback/actuator.hpp"

namespace davy::rollback {

std::unique_ptr<Actuator> make_kubernetes_actuator(const config::Section& options,
                                                   const ActuatorParts& parts);

}  // namespace davy::rollback

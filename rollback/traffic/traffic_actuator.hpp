#pragma once

// Takes traffic from the canary, or gives it some, where an object of the cluster splits it: a Gateway API
// HTTPRoute, an Istio VirtualService, or an ingress with ingress-nginx's canary annotations.

#include "rollback/actuator.hpp"

namespace davy::rollback {

std::unique_ptr<Actuator> make_traffic_actuator(const config::Section& options, const ActuatorParts& parts);

}  // namespace davy::rollback

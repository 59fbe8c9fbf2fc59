#pragma once

// Any deploy system that can be told over HTTP: one request, whose body is filled from the action, signed
// when asked, and always carrying the action's id as Idempotency-Key, so that a repeated request has one
// effect.
//
// Success is what the policy declares (status, and a value in a JSON answer); anything else is not, a bare
// 200 with the wrong body included. 412 means that the system has moved on (superseded). 408, 425, 429 and
// 5xx may be tried again.

#include "rollback/actuator.hpp"
#include "rollback/http/body_template.hpp"

namespace davy::rollback {

std::unique_ptr<Actuator> make_http_actuator(const config::Section& options, const ActuatorParts& parts);

// The placeholders of a template: service, release, revision, reason, action_id, purpose, decided_at, and the
// facts.
TemplateValues template_values(const Action& action);
// An action like those that will come, for checking a template when the policy is read.
Action sample_action();

}  // namespace davy::rollback

#pragma once

// One action of a policy, rehearsed: what it would do, whether its secrets, programs and peers are there, and
// what the actuator itself says would stand in its way. Changes nothing and calls nobody to act.

#include "app/doctor/diagnosis.hpp"
#include "config/policy.hpp"
#include "rollback/actuator.hpp"

#include <boost/asio/awaitable.hpp>

namespace davy::app::doctor {

// `subject`: "rollback http". `spec` is copied: its Section outlives the call.
boost::asio::awaitable<Diagnoses> examine_action(std::string subject, config::ActionSpec spec,
                                                 rollback::ActuatorParts parts, Action action);

// What an arming means: warnings, or failures where nothing could be done now. Pure.
Diagnoses diagnose(const std::string& subject, const rollback::Arming& arming);
// Of a certificate that is good for so long yet; nothing while that is long enough. Pure.
Diagnoses diagnose_certificate(const std::string& subject, const std::string& url, Duration left);

}  // namespace davy::app::doctor

#pragma once

// Any deploy system that has a command line: one program, no shell, bounded time.
//
// The program learns of the action from its environment (DAVY_SERVICE, DAVY_RELEASE, DAVY_REVISION,
// DAVY_REASON, DAVY_ACTION_ID, DAVY_PURPOSE) and from {{placeholders}} in its arguments. Exit code 0 is
// success, 3 says that the system has moved on to another revision (superseded); anything else may be tried
// again, with the same DAVY_ACTION_ID.

#include "rollback/actuator.hpp"

namespace davy::rollback {

std::unique_ptr<Actuator> make_exec_actuator(const config::Section& options, const ActuatorParts& parts);

}  // namespace davy::rollback

#pragma once

// What a gate makes of a release's account: the exit code, its name, and what has to be said besides. Pure.

#include "app/exit_code.hpp"
#include "report/gate_account.hpp"

#include <string_view>

namespace davy::app {

enum class InconclusiveAs { itself, pass, warn, fail };

// The name of an exit code: pass, fail, inconclusive, blind, needs_human, superseded, timed_out, interrupted,
// terminated.
std::string_view verdict_name(ExitCode code);

// `code`: what ended the gate; for an inconclusive release `as` has the last word.
report::GateAccount make_account(Incident incident, ExitCode code, InconclusiveAs as);

// The same for a gate that was stopped before the release had ended: `by` is "SIGTERM" or "--timeout 5m".
report::GateAccount make_partial_account(Incident so_far, ExitCode code, std::string_view by);

}  // namespace davy::app

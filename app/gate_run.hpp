#pragma once

// One release from the flags to the exit code: watched, shown, written down.
//
// A signal or the timeout writes what is known to every output at once. Whoever is judged only is left at
// once; a rollback that has begun is finished first (a second signal ends even that), and its account
// replaces the first one in the files.

#include "app/gate_flags.hpp"
#include "app/gate_outputs.hpp"

namespace davy::app {

ExitCode run_gate(const GateFlags& flags, GateOutputs outputs);

}  // namespace davy::app

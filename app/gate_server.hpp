#pragma once

// davy gate --server URL: follows a release that a running Davy watches, and ends with its end.
//
// With --start the release is begun there (it needs the token); without, the one that runs is followed, or
// the one called --release is waited for. A server that cannot be reached for --blind-after is exit code 5; a
// release that another took the place of is 7. The server goes on watching whatever happens to us.

#include "app/gate_flags.hpp"
#include "app/gate_outputs.hpp"

namespace davy::app {

ExitCode follow_server(const GateFlags& flags, GateOutputs outputs);

}  // namespace davy::app

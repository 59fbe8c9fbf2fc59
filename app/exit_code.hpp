#pragma once

// What the process says to a pipeline when it ends: stable numbers, listed in docs/exit-codes.md.

#include "core/model/incident.hpp"

namespace davy::app {

enum class ExitCode {
  pass = 0,
  internal_error = 1,
  usage = 2,
  policy_invalid = 3,
  timed_out = 4,      // ended before a verdict
  blind = 5,          // the targets could not be reached
  action_failed = 6,  // decided, and could not be carried out or verified
  superseded = 7,     // the deploy system has moved on
  fail = 10,          // the canary failed: rolled back, or would have been
  inconclusive = 11,
  interrupted = 130,  // SIGINT; a partial report is written
  terminated = 143,   // SIGTERM; the same
};

ExitCode exit_code_for(const Incident& incident);

}  // namespace davy::app

#include "app/exit_code.hpp"

#include <algorithm>

namespace davy::app {

ExitCode exit_code_for(const Incident& incident) {
  switch (incident.end) {
    case Phase::passed: {
      const bool promoted = std::all_of(incident.actions.begin(), incident.actions.end(),
                                        [](const ActionRecord& action) { return action.accepted; });
      return promoted ? ExitCode::pass : ExitCode::action_failed;
    }
    case Phase::healed:
    case Phase::observed: return ExitCode::fail;
    case Phase::needs_human: return ExitCode::action_failed;
    case Phase::superseded: return ExitCode::superseded;
    case Phase::inconclusive:
      return incident.verdict.kind == VerdictKind::blind ? ExitCode::blind : ExitCode::inconclusive;
    default: return ExitCode::timed_out;
  }
}

}  // namespace davy::app

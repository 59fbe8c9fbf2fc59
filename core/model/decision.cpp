#include "core/model/decision.hpp"

namespace davy {

std::string_view to_text(Phase phase) {
  switch (phase) {
    case Phase::idle: return "idle";
    case Phase::warming_up: return "warming_up";
    case Phase::watching: return "watching";
    case Phase::suspecting: return "suspecting";
    case Phase::holding: return "holding";
    case Phase::held: return "held";
    case Phase::rolling_back: return "rolling_back";
    case Phase::verifying: return "verifying";
    case Phase::healed: return "healed";
    case Phase::passed: return "passed";
    case Phase::inconclusive: return "inconclusive";
    case Phase::needs_human: return "needs_human";
    case Phase::observed: return "observed";
    case Phase::superseded: return "superseded";
    case Phase::cancelled: return "cancelled";
  }
  return "idle";
}

bool is_end(Phase phase) { return phase >= Phase::healed; }

}  // namespace davy

#include "app/gate_verdict.hpp"

#include <fmt/format.h>

namespace davy::app {

std::string_view verdict_name(ExitCode code) {
  switch (code) {
    case ExitCode::pass: return "pass";
    case ExitCode::fail: return "fail";
    case ExitCode::inconclusive: return "inconclusive";
    case ExitCode::blind: return "blind";
    case ExitCode::action_failed: return "needs_human";
    case ExitCode::superseded: return "superseded";
    case ExitCode::interrupted: return "interrupted";
    case ExitCode::terminated: return "terminated";
    case ExitCode::timed_out: return "timed_out";
    default: return "error";
  }
}

report::GateAccount make_account(Incident incident, ExitCode code, InconclusiveAs as) {
  report::GateAccount account;
  account.incident = std::move(incident);
  account.verdict = std::string(verdict_name(code));
  if (code == ExitCode::inconclusive && as != InconclusiveAs::itself) {
    code = as == InconclusiveAs::fail ? ExitCode::fail : ExitCode::pass;
    if (as == InconclusiveAs::warn)
      account.warning =
          "inconclusive, and taken for a pass (--inconclusive=warn): " + account.incident.sentence;
    if (as == InconclusiveAs::fail)
      account.warning = "inconclusive, and taken for a failure (--inconclusive=fail)";
  }
  account.exit_code = static_cast<int>(code);
  return account;
}

report::GateAccount make_partial_account(Incident so_far, ExitCode code, std::string_view by) {
  std::string sentence = fmt::format("stopped by {} before the release had ended", by);
  if (!so_far.verdict.sentence.empty()) sentence += "; so far: " + so_far.verdict.sentence;
  so_far.sentence = std::move(sentence);
  return make_account(std::move(so_far), code, InconclusiveAs::itself);
}

}  // namespace davy::app

#include "app/console.hpp"
#include "app/exit_code.hpp"

#include <doctest/doctest.h>

namespace davy::app {

TEST_CASE("every end has its exit code") {
  const auto code = [](Phase end, VerdictKind verdict = VerdictKind::healthy) {
    Incident incident;
    incident.end = end;
    incident.verdict.kind = verdict;
    return exit_code_for(incident);
  };
  CHECK(code(Phase::passed) == ExitCode::pass);
  CHECK(code(Phase::healed) == ExitCode::fail);
  CHECK(code(Phase::observed) == ExitCode::fail);
  CHECK(code(Phase::inconclusive) == ExitCode::inconclusive);
  CHECK(code(Phase::inconclusive, VerdictKind::blind) == ExitCode::blind);
  CHECK(code(Phase::needs_human) == ExitCode::action_failed);
  CHECK(code(Phase::superseded) == ExitCode::superseded);
  CHECK(code(Phase::cancelled) == ExitCode::timed_out);
}

TEST_CASE("a promotion that failed is not a pass") {
  Incident incident;
  incident.end = Phase::passed;
  incident.actions.push_back({"http", "r1.promote.1", "", "", 1, false, false, {}});
  CHECK(exit_code_for(incident) == ExitCode::action_failed);
}

TEST_CASE("a progress line says when where and why on one line") {
  GuardSnapshot snapshot;
  snapshot.elapsed_s = 12;
  snapshot.phase = Phase::watching;
  snapshot.verdict = Verdict{};
  snapshot.verdict->sentence = "errors: fine\nreally";
  CHECK(progress_line(snapshot) == "   12 s  watching      errors: fine\\nreally");
}

}  // namespace davy::app

#include "app/gate_steps.hpp"

#include <doctest/doctest.h>

namespace davy::app {
namespace {

constexpr WallTime began{std::chrono::milliseconds(1714564800000)};

Incident window(std::chrono::seconds at, Phase end) {
  Incident incident;
  incident.release = "r1.2";
  incident.end = end;
  incident.deployed_at = began + at;
  incident.ended_at = incident.deployed_at + std::chrono::seconds(60);
  incident.detected_s = 20;
  incident.sentence = "errors: fine";
  incident.timeline = {{incident.deployed_at, 0, "deployed", "the window begins"}};
  return incident;
}

ActionRecord action(bool accepted) {
  return {"http", "r1.1.step.1", "POST /10", "200 OK", 1, accepted, false, {}};
}

}  // namespace

TEST_CASE("steps and their windows are one account with one clock") {
  StepsAccount account("checkout", "r1", "4f2c", began);
  account.performed("10%", {action(true)}, began + std::chrono::seconds(1));
  account.window_over("10%", window(std::chrono::seconds(2), Phase::passed));
  account.performed("50%", {action(true)}, began + std::chrono::seconds(63));
  account.window_over("50%", window(std::chrono::seconds(64), Phase::healed));
  const Incident& told = account.incident();
  CHECK(told.release == "r1");
  CHECK(told.end == Phase::healed);
  CHECK(told.deployed_at == began);
  CHECK(told.detected_s == 84);
  CHECK(told.sentence == "step 50%: errors: fine");
  CHECK(told.actions.size() == 2);
  std::vector<double> times;
  for (const TimelineEntry& entry : told.timeline) times.push_back(entry.since_deploy_s);
  CHECK(times == std::vector<double>{1, 2, 63, 64});
  CHECK(told.timeline[2].text == "50%: POST /10: 200 OK");
}

TEST_CASE("a step that could not be taken needs a human and says that nothing was rolled back") {
  StepsAccount account("checkout", "r1", "4f2c", began);
  account.performed("10%", {action(false)}, began);
  account.gave_up("10%", began);
  CHECK(account.incident().end == Phase::needs_human);
  CHECK(account.incident().sentence == "step 10% could not be taken: 200 OK; nothing was rolled back");
}

}  // namespace davy::app

// Following a release on another Davy, as a dialogue: what its status says, what we do.

#include "app/follow.hpp"

#include "server/status_json.hpp"

#include <doctest/doctest.h>

namespace davy::app {
namespace {

GuardSnapshot status(const std::string& release, Phase phase) {
  GuardSnapshot s;
  s.service = "checkout";
  s.release = release;
  s.phase = phase;
  s.elapsed_s = 12;
  return s;
}

Incident ended(const std::string& release, Phase end) {
  Incident incident;
  incident.release = release;
  incident.end = end;
  return incident;
}

}  // namespace

TEST_CASE("whoever names no release follows the one that runs") {
  Follower follower("");
  CHECK(follower.see(status("", Phase::idle)) == FollowStep::wait);
  CHECK(follower.see(status("r0", Phase::passed)) == FollowStep::wait);
  CHECK(follower.see(status("r1", Phase::warming_up)) == FollowStep::watch);
  CHECK(follower.release() == "r1");
  CHECK(follower.see(status("r1", Phase::watching)) == FollowStep::watch);
  CHECK(follower.see(status("r1", Phase::passed)) == FollowStep::ask);
  CHECK(follower.conclude(status("r1", Phase::passed), ended("r1", Phase::passed))->end == Phase::passed);
}

TEST_CASE("a named release is waited for while another runs") {
  Follower follower("r2");
  CHECK(follower.see(status("r1", Phase::watching)) == FollowStep::ask);
  CHECK_FALSE(follower.conclude(status("r1", Phase::watching), std::nullopt).has_value());
  CHECK_FALSE(follower.conclude(status("r1", Phase::watching), ended("r0", Phase::passed)).has_value());
  CHECK(follower.see(status("r2", Phase::watching)) == FollowStep::watch);
}

TEST_CASE("a release that ended before we looked is told from the last account") {
  Follower follower("r1");
  CHECK(follower.see(status("r2", Phase::watching)) == FollowStep::ask);
  CHECK(follower.conclude(status("r2", Phase::watching), ended("r1", Phase::healed))->end == Phase::healed);
}

TEST_CASE("a release in whose place another is watched was superseded") {
  Follower follower("r1");
  CHECK(follower.see(status("r1", Phase::watching)) == FollowStep::watch);
  CHECK(follower.see(status("r3", Phase::watching)) == FollowStep::ask);
  const auto gone = follower.conclude(status("r3", Phase::watching), ended("r2", Phase::passed));
  REQUIRE(gone.has_value());
  CHECK(gone->end == Phase::superseded);
  CHECK(gone->release == "r1");
  CHECK(gone->sentence == "the server now watches r3 in place of r1");
}

TEST_CASE("an ended release without an account is told as far as the status carries it") {
  Follower follower("r1");
  CHECK(follower.see(status("r1", Phase::healed)) == FollowStep::ask);
  CHECK(follower.conclude(status("r1", Phase::healed), std::nullopt)->end == Phase::healed);
}

TEST_CASE("a status is read back as it was written") {
  GuardSnapshot s = status("r1", Phase::suspecting);
  s.mode = "enforce";
  s.revision = "4f2c";
  s.window_s = 600;
  s.verdict = Verdict{};
  s.verdict->kind = VerdictKind::suspicious;
  s.verdict->sentence = "errors: high";
  Finding finding;
  finding.check = "errors";
  finding.unit = Unit::seconds;
  finding.outcome = Outcome::breach;
  finding.canary = {0.3, 100};
  finding.evidence = 0.5;
  s.verdict->findings = {finding};
  s.targets.push_back({"http://c", "canary", false, {}, 0, 0, "refused"});
  s.timeline.push_back({{}, 1, "deployed", "the window begins"});
  const auto read = read_status(server::to_json(s));
  REQUIRE(read.has_value());
  CHECK(server::to_json(*read) == server::to_json(s));
}

TEST_CASE("what is no status is refused") {
  CHECK_FALSE(read_status("<html>").has_value());
  CHECK_FALSE(read_status("{}").has_value());
  CHECK(read_status("{\"services\":[]}").error().message() ==
        "several services are watched there; say which with --service");
}

}  // namespace davy::app

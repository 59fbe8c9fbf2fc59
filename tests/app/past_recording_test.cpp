// Deploys of the past: how they are written down, and what is asked for each.

#include "app/past_recording.hpp"

#include "config/policy_loader.hpp"

#include <doctest/doctest.h>

namespace davy::app {
namespace {

config::Policy policy(const std::string& canary, const std::string& baseline) {
  const auto loaded = config::load_policy(
      "version: davy/v1\nservice: s\nmode: observe\ncanary: " + canary + "\nbaseline: " + baseline + R"(
checks:
  - name: errors
    ratio: {errors: 'x_total{code="500"}', total: x_total}
    max: 5%
)",
      "s.yaml", config::empty_environment());
  CAPTURE(loaded.problems->to_text());
  REQUIRE(loaded.policy.has_value());
  return *loaded.policy;
}

config::PastDeploy deploy(const std::string& more) {
  const auto loaded =
      config::load_deploys("deploys:\n  - {release: r-41, at: 2026-05-01T12:00:00Z" + more + "}\n", "d.yaml",
                           config::empty_environment());
  CAPTURE(loaded.problems->to_text());
  REQUIRE(loaded.deploys.size() == 1);
  return loaded.deploys.front();
}

const std::string scraped = "{targets: [\"http://a/metrics\"]}";
const std::string other = "{targets: [\"http://b/metrics\"]}";

}  // namespace

TEST_CASE("a policy that scrapes is asked of the server that remembers with the deploy's own matchers") {
  const auto of_then =
      policy_of(policy(scraped, other), deploy(", canary: '{version=\"41\"}', baseline: '{version=\"40\"}'"),
                "http://prometheus:9090");
  REQUIRE(of_then.has_value());
  CHECK(of_then->canary.prometheus->url == "http://prometheus:9090");
  CHECK(of_then->canary.targets.empty());
  CHECK(of_then->canary.members == "instance");
  CHECK(of_then->canary.where->matchers.at(0).value == "41");
  CHECK(of_then->baseline.where->matchers.at(0).value == "40");
  CHECK(to_rfc3339(deploy("").at) == "2026-05-01T12:00:00.000Z");
}

TEST_CASE(
    "sides that nothing tells apart and a past that nobody remembers are errors that say what to write") {
  const auto same = policy_of(policy(scraped, other), deploy(""), "http://prometheus:9090");
  REQUIRE_FALSE(same.has_value());
  CHECK(same.error().message().find(
            "say what tells them apart, in the file of deploys: canary: '{version=\"41\"}'") !=
        std::string::npos);
  const auto nobody = policy_of(policy(scraped, other), deploy(""), "");
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.error().message() ==
        "the policy names no server that remembers the past; add --prometheus URL");
}

TEST_CASE("a policy of Prometheus keeps its own sides") {
  const std::string side = "{prometheus: {url: \"http://p:9090\"}, where: '{version=\"VERSION\"}'}";
  auto canary = side;
  canary.replace(canary.find("VERSION"), 7, "new");
  auto baseline = side;
  baseline.replace(baseline.find("VERSION"), 7, "old");
  const auto of_then = policy_of(policy(canary, baseline), deploy(""), "");
  REQUIRE(of_then.has_value());
  CHECK(of_then->canary.prometheus->url == "http://p:9090");
  CHECK(of_then->canary.where->matchers.at(0).value == "new");
}

TEST_CASE("what is wrong with a file of deploys is said with its place") {
  const auto problems = [](const std::string& text) {
    return config::load_deploys(text, "d.yaml", config::empty_environment()).problems->to_text();
  };
  CHECK(problems("deploys:\n  - {release: r, at: yesterday}\n")
            .find("d.yaml:2:22: error: 'yesterday' is no time in UTC; write 2026-05-01T12:00:00Z") == 0);
  CHECK(problems("deploys: []\n").find("there are no deploys") != std::string::npos);
  CHECK(problems("releases: []\n").find("deploys") != std::string::npos);
  CHECK(problems("deploys:\n  - {release: r, at: 2026-05-01T12:00:00Z, canary: '{a='}\n").find("error") !=
        std::string::npos);
}

}  // namespace davy::app

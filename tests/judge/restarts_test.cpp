// Instances that fail, counted on both sides.

#include "judge/restarts/restarts.hpp"

#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using namespace std::chrono_literals;

// One tick of 5 s at a time: how often each instance has failed since it was created; -1 where it is not
// there.
struct Story {
  explicit Story(std::optional<double> max = std::nullopt) {
    check.name = "restarts";
    check.kind = CheckKind::restarts;
    check.unit = Unit::count;
    check.severity = Severity::p0;
    check.max = max;
    comparison = make_restarts(check);
    window.check = check.name;
    window.now = Instant(1h);
  }

  static std::vector<MemberTick> members(const std::vector<double>& failures) {
    std::vector<MemberTick> found;
    for (const double count : failures) {
      MemberTick member;
      member.present = count >= 0;
      member.value = std::max(count, 0.0);
      found.push_back(member);
    }
    return found;
  }
  Story& tick(const std::vector<double>& canary, const std::vector<double>& baseline) {
    window.now += 5s;
    window.canary.members.resize(canary.size());
    window.baseline.members.resize(baseline.size());
    window.ticks.push_back({window.now, 5s, true, members(canary), members(baseline)});
    return *this;
  }
  Story& deploy() {
    window.deployed_at = window.now + 1s;
    return *this;
  }
  Finding judge() { return comparison->compare(window); }

  Check check;
  std::unique_ptr<Comparison> comparison;
  Window window;
};

}  // namespace

TEST_CASE("one restart of a canary is over the limit and counts while warming up") {
  Story story;
  story.tick({}, {0, 0}).deploy().tick({0, 0}, {0, 0});
  CHECK(story.judge().outcome == Outcome::healthy);
  story.tick({0, 1}, {0, 0});
  story.window.canary.trouble = "CrashLoopBackOff";
  const Finding finding = story.judge();
  CHECK(finding.outcome == Outcome::breach);
  CHECK(finding.severity == Severity::p0);
  CHECK(finding.judges_warmup);
  CHECK_FALSE(finding.shared_failure);
  CHECK(finding.since == story.window.now);
  CHECK(finding.sentence ==
        "restarts: 1 of 2 instances of the canary failed (1 restart or failure), now CrashLoopBackOff; "
        "baseline 0 of "
        "2 instances; limit 0");
}

TEST_CASE("what happened to the baseline before the deploy is not held against it") {
  Story story;
  story.tick({}, {7, 3}).deploy().tick({1}, {7, 3});
  CHECK(story.judge().outcome == Outcome::breach);
  CHECK_FALSE(story.judge().shared_failure);
  CHECK(story.judge().baseline.value == 0);
}

TEST_CASE("a canary that was restarting when it was first seen counts from its creation") {
  Story story;
  story.deploy().tick({2}, {0});
  CHECK(story.judge().canary.value == 2);
}

TEST_CASE("when the baseline fares half as ill the cause is somebody else's") {
  Story story;
  story.tick({}, {0, 0}).deploy().tick({0, 0}, {0, 0}).tick({2, 2}, {1, 1});
  const Finding finding = story.judge();
  CHECK(finding.shared_failure);
  CHECK(finding.sentence.find("2 of 2 instances of the canary failed (4 restarts or failures)") !=
        std::string::npos);
  CHECK(finding.sentence.find("nothing is concluded from it") != std::string::npos);
}

TEST_CASE("a limit of the policy's own is kept and told") {
  Story story(3);
  story.deploy().tick({1, 2}, {0});
  CHECK(story.judge().outcome == Outcome::healthy);
  story.tick({2, 2}, {0});
  CHECK(story.judge().outcome == Outcome::breach);
  CHECK(story.judge().sentence.ends_with("limit 3"));
}

TEST_CASE("an instance that is gone still counts with its worst moment") {
  Story story;
  story.deploy().tick({1, 0}, {0}).tick({-1, 0}, {0});
  CHECK(story.judge().outcome == Outcome::breach);
  CHECK(story.judge().canary.samples == 2);
}

TEST_CASE("without an instance there is nothing to say and before the deploy nothing counts") {
  Story story;
  story.tick({4}, {0}).deploy();
  CHECK(story.judge().outcome == Outcome::not_enough_data);
  CHECK(story.judge().sentence == "restarts: no instance of the canary has been seen yet");
  CHECK_FALSE(story.judge().canary.value);
}

}  // namespace davy::judge

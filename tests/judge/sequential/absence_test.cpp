// Gaps are never evidence: absent members, empty sides, and ticks without traffic.

#include "judge/sequential/dispersion.hpp"
#include "judge/sequential/member_groups.hpp"
#include "tests/judge/sequential/story.hpp"

#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using namespace testing;

constexpr StoryShape shape{.baseline_members = 6, .history_ticks = 20, .window_ticks = 40};

// A canary that is worse, but not sure yet.
Story worse_canary(const Check& check = ratio_check()) {
  Requests requests(3);
  Story story(check, shape);
  const auto one = [&](double worse) {
    if (check.kind == CheckKind::latency) return requests.latency(40, 0.1 * worse);
    if (check.kind == CheckKind::gauge) return requests.gauge(600 * worse, 60);
    return requests.ratio(40, 0.02 * worse);
  };
  for (int t = 0; t < shape.history_ticks + 12; ++t) {
    std::vector<MemberTick> baseline;
    for (std::size_t k = 0; k < shape.baseline_members; ++k) baseline.push_back(one(1));
    story.tick({one(1.8)}, baseline);
  }
  return story;
}

// A tick without a side says nothing; but a longer block of the baseline may close with it, and what that
// teaches about phi moves all that was seen before a little either way.
constexpr double learned = 0.05;

}  // namespace

TEST_CASE("a tick without the canary is no evidence") {
  for (const Check& check : {ratio_check(), latency_check()}) {
    CAPTURE(check.name);
    Story story = worse_canary(check);
    Requests requests(4);
    double before = *story.judge().log_evidence;
    for (int t = 0; t < 10; ++t) {
      const MemberTick stable =
          check.kind == CheckKind::latency ? requests.latency(40, 0.1) : requests.ratio(40, 0.02);
      const double now = *story.tick(absent(), stable).judge().log_evidence;
      // What the baseline teaches meanwhile (phi, the need) moves it a little either way.
      CHECK(now <= before + 0.5);
      before = now;
    }
  }
}

TEST_CASE("a tick without the canary and with nothing new about the baseline leaves the evidence as it was") {
  for (const Check& check : {ratio_check(), latency_check(), gauge_check()}) {
    CAPTURE(check.name);
    Story story = worse_canary(check);
    const double before = *story.judge().log_evidence;
    for (int t = 0; t < 10; ++t) {
      const double now = *story.tick(absent(), absent()).judge().log_evidence;
      CHECK(now <= before + learned);
      CHECK(now >= before - 0.1);
    }
  }
}

TEST_CASE("a tick without the baseline is no evidence against the canary that a relative limit knows") {
  Check check = ratio_check();
  check.max.reset();
  check.ignore_increase_below = 0;
  Story story = worse_canary(check);
  const double before = *story.judge().log_evidence;
  for (int t = 0; t < 10; ++t)
    CHECK(*story.tick(counts(40, 40), absent()).judge().log_evidence <= before + learned);
}

TEST_CASE("an absolute limit stands alone once its baseline is gone for six ticks") {
  // Until then somebody else's outage could be the reason for both.
  Check check = ratio_check();
  check.max_increase.reset();
  Story story(check, shape);
  story.ticks(20, absent(), counts(100, 1)).ticks(3, counts(100, 1), counts(100, 1));
  for (int t = 0; t < 5; ++t) CHECK_FALSE(accused(story.tick(counts(100, 50), absent()).judge()));
  CHECK(accused(story.tick(counts(100, 50), absent()).judge()));
}

TEST_CASE("a member that was absent for a tick is not missed") {
  // Without it the others are the baseline; its numbers in an absent tick mean nothing.
  Story story = worse_canary();
  Story other = worse_canary();
  MemberTick ghost = counts(1e6, 1e6);
  ghost.present = false;
  std::vector<MemberTick> with_ghost(shape.baseline_members, counts(40, 1));
  std::vector<MemberTick> with_nobody = with_ghost;
  with_ghost[2] = ghost;
  with_nobody[2] = absent();
  story.tick({counts(40, 1)}, with_ghost);
  other.tick({counts(40, 1)}, with_nobody);
  CHECK(*story.judge().log_evidence == *other.judge().log_evidence);
}

TEST_CASE("a member of the canary that is absent takes its requests with it and nothing else") {
  StoryShape two = shape;
  two.canary_members = 2;
  Story story(ratio_check(), two);
  story.ticks(20, absent(), counts(100, 1));
  for (int t = 0; t < 20; ++t)
    story.tick({counts(100, 1), absent()}, std::vector<MemberTick>(6, counts(100, 1)));
  const Finding finding = story.judge();
  CHECK(finding.canary.samples == 2000);
  CHECK_FALSE(accused(finding));
  CHECK(*finding.log_evidence <= 0);
}

TEST_CASE("more errors than requests are as many as requests") {
  Story torn = worse_canary(), whole = worse_canary();
  torn.tick(counts(40, 55), counts(40, 1));
  whole.tick(counts(40, 40), counts(40, 1));
  CHECK(*torn.judge().log_evidence == *whole.judge().log_evidence);
}

TEST_CASE("histograms with other buckets are not mixed in") {
  Story with = worse_canary(latency_check()), without = worse_canary(latency_check());
  with.tick(histogram({0, 0, 500}), histogram({1, 2, 3}));
  without.tick(absent(), absent());
  CHECK(*with.judge().log_evidence == *without.judge().log_evidence);
}

TEST_CASE("a baseline of which nobody is ever seen gives no breach of a relative limit") {
  for (Check check : {ratio_check(), latency_check(), gauge_check()}) {
    CAPTURE(check.name);
    check.max.reset();
    Story story(check, shape);
    const MemberTick bad = check.kind == CheckKind::latency ? histogram({0, 0, 0, 0, 0, 0, 50})
                           : check.kind == CheckKind::gauge ? reading(5000)
                                                            : counts(50, 50);
    story.ticks(60, bad, absent());
    CHECK_FALSE(accused(story.judge()));
  }
}

TEST_CASE("a warming canary is judged more leniently and one that fails everything is found even then") {
  Story slow_start(ratio_check(), shape), broken(ratio_check(), shape);
  for (Story* story : {&slow_start, &broken}) story->ticks(20, absent(), counts(100, 2));
  for (int t = 0; t < 12; ++t) {
    slow_start.tick(counts(100, 6), counts(100, 2)).window.ticks.back().judged = false;
    broken.tick(counts(100, 100), counts(100, 2)).window.ticks.back().judged = false;
  }
  CHECK_FALSE(accused(slow_start.judge()));
  CHECK(accused(broken.judge()));
}

TEST_CASE("a baseline that answers only after the first round is still compared with") {
  // The groups are formed once for the release: too early, and there would be none of them for good.
  Story story(ratio_check(), {.baseline_members = 0, .history_ticks = 0, .window_ticks = 60});
  story.window.baseline.targets = 3;
  story.tick({counts(100, 1)}, {}).judge();
  story.window.baseline.members = {"stable-1"};
  story.window.baseline.targets_up = 1;
  story.tick({counts(100, 1)}, {counts(100, 1)}).judge();
  story.window.baseline.members = {"stable-1", "stable-2", "stable-3"};
  story.window.baseline.targets_up = 3;
  const std::vector<MemberTick> well(3, counts(100, 1));
  CHECK(story.tick({counts(100, 1)}, well).judge().sentence.find("no baseline") == std::string::npos);
  for (int t = 0; t < 6; ++t) story.tick({counts(100, 50)}, well);
  const Finding finding = story.judge();
  CHECK(accused(finding));
  CHECK(finding.sentence.find("one group") == std::string::npos);
}

TEST_CASE("nobody waits for a member of the baseline that stays away") {
  Story story(ratio_check(), {.baseline_members = 2, .history_ticks = 0, .window_ticks = 60});
  story.window.baseline.targets = 3;
  for (int t = 0; t < 6; ++t) story.tick(counts(100, 90), counts(100, 1));
  CHECK(accused(story.judge()));
}

}  // namespace davy::judge

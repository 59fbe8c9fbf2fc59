// Healthy streams, simulated with fixed seeds. alpha is 1% for the whole window, so of 200 independent runs
// 2 +- 1.4 may be accused at most; 7 is beyond 99.9% of what chance does at 1%.

#include "tests/judge/sequential/story.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using namespace testing;

constexpr int runs = 200;
constexpr int accused_max = 7;
constexpr StoryShape shape{
    .baseline_members = 10, .canary_members = 2, .history_ticks = 40, .window_ticks = 60};

// Without a margin: a healthy canary sits exactly on the limit, the hardest case.
Check strict_check() {
  Check check = ratio_check();
  check.max_increase = Increase{Increase::Kind::relative, 0};
  check.ignore_increase_below = 0;
  check.max.reset();
  return check;
}

template <class Stable, class Canary>
void tell(Story& story, Stable stable, Canary of_canary) {
  for (int t = 0; t < story.shape.history_ticks + story.shape.window_ticks; ++t) {
    std::vector<MemberTick> canary, baseline;
    for (std::size_t i = 0; i < story.window.canary.members.size(); ++i) canary.push_back(of_canary());
    for (std::size_t i = 0; i < story.window.baseline.members.size(); ++i) baseline.push_back(stable());
    story.tick(canary, baseline);
  }
}

template <class Any>
void tell(Story& story, Any any) {
  tell(story, any, any);
}

}  // namespace

TEST_CASE("whatever the members are called a healthy stream is accused no more often than alpha") {
  // 200 independent streams, every one under other names, so that other groups form: rate at most 1%.
  for (const Check& check : {ratio_check(), strict_check()}) {
    int count = 0;
    for (std::uint32_t seed = 1; seed <= runs; ++seed) {
      Requests requests(seed);
      Story story(check, shape);
      std::shuffle(story.window.baseline.members.begin(), story.window.baseline.members.end(),
                   requests.engine());
      tell(story, [&] { return requests.ratio(100, 0.02); });
      count += accused(story.judge()) ? 1 : 0;
    }
    CHECK(count <= accused_max);
  }
}

TEST_CASE("other names alone never turn a healthy stream into a breach") {
  // One stream that was not accused, under 200 permutations of the members' names.
  Requests requests(1);
  Story story(strict_check(), shape);
  tell(story, [&] { return requests.ratio(100, 0.02); });
  REQUIRE_FALSE(accused(story.judge()));
  int count = 0;
  for (int run = 0; run < runs; ++run) {
    std::shuffle(story.window.baseline.members.begin(), story.window.baseline.members.end(),
                 requests.engine());
    count += accused(make_sequential(story.check)->compare(story.window)) ? 1 : 0;
  }
  CHECK(count == 0);
}

TEST_CASE("baseline members of the same rate may come and go") {
  // A third of the baseline is absent at any time and new members join: rate at most 1%.
  int count = 0;
  for (std::uint32_t seed = 1; seed <= runs; ++seed) {
    Requests requests(seed);
    Story story(strict_check(), shape);
    for (int t = 0; t < shape.history_ticks + shape.window_ticks; ++t) {
      if (t % 20 == 19) story.window.baseline.members.push_back("late-" + std::to_string(t));
      std::vector<MemberTick> baseline;
      for (std::size_t i = 0; i < story.window.baseline.members.size(); ++i)
        baseline.push_back(requests.below(3) == 0 ? absent() : requests.ratio(100, 0.02));
      story.tick({requests.ratio(100, 0.02), requests.ratio(100, 0.02)}, baseline);
      if (t >= shape.history_ticks && t % 10 == 0) story.judge();
    }
    count += accused(story.judge()) ? 1 : 0;
  }
  CHECK(count <= accused_max);
}

TEST_CASE("a healthy latency and a healthy gauge are accused no more often than alpha") {
  // Relative limits of 0%, so that a healthy canary sits on them: rate at most 1%.
  int latency = 0, gauge = 0;
  for (std::uint32_t seed = 1; seed <= runs; ++seed) {
    Requests requests(seed);
    Check check = latency_check();
    check.max_increase = Increase{Increase::Kind::relative, 0};
    Story slow(check, {.baseline_members = 5, .canary_members = 1, .history_ticks = 20, .window_ticks = 40});
    tell(slow, [&] { return requests.latency(50, 0.1); });
    latency += accused(slow.judge()) ? 1 : 0;
    check = gauge_check();
    check.max_increase = Increase{Increase::Kind::relative, 0};
    Story level(check,
                {.baseline_members = 5, .canary_members = 1, .history_ticks = 60, .window_ticks = 120});
    tell(level, [&] { return requests.gauge(600, 50); });
    gauge += accused(level.judge()) ? 1 : 0;
  }
  CHECK(latency <= accused_max);
  CHECK(gauge <= accused_max);
}

TEST_CASE("the same streams with a fault are accused") {
  // Otherwise the above would say nothing: at least 95 of 100.
  int errors = 0, latency = 0, gauge = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    Requests requests(seed);
    Story story(ratio_check(), shape);
    tell(
        story, [&] { return requests.ratio(100, 0.02); }, [&] { return requests.ratio(100, 0.1); });
    Story slow(latency_check(), {.baseline_members = 5, .history_ticks = 20, .window_ticks = 40});
    tell(
        slow, [&] { return requests.latency(50, 0.1); }, [&] { return requests.latency(50, 0.4); });
    Story level(gauge_check(), {.baseline_members = 5, .history_ticks = 60, .window_ticks = 120});
    tell(
        level, [&] { return requests.gauge(600, 50); }, [&] { return requests.gauge(1100, 50); });
    errors += accused(story.judge()) ? 1 : 0;
    latency += accused(slow.judge()) ? 1 : 0;
    gauge += accused(level.judge()) ? 1 : 0;
  }
  CHECK(errors >= 95);
  CHECK(latency >= 95);
  CHECK(gauge >= 95);
}

}  // namespace davy::judge

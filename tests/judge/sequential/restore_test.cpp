// State taken out and put back: the rest is the same to the last bit, and what is no state starts over.

#include "judge/sequential/state_codec.hpp"
#include "tests/judge/sequential/story.hpp"

#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace davy::judge {
namespace {

using namespace testing;

// Healthy at first, then bad enough to be found; with gaps, a late member and an uneven tick.
Story story_of(const Check& check, const StoryShape& shape) {
  Requests requests(11);
  Story story(check, shape);
  const auto one = [&](double worse) {
    if (check.kind == CheckKind::latency) return requests.latency(60, 0.1 * worse);
    if (check.kind == CheckKind::gauge) return requests.gauge(500 * worse, 40);
    return requests.ratio(100, 0.02 * worse);
  };
  const int ticks = shape.history_ticks + shape.window_ticks;
  for (int t = 0; t < ticks; ++t) {
    if (t == shape.history_ticks + 7) story.window.baseline.members.push_back("late");
    std::vector<MemberTick> canary, baseline;
    for (std::size_t i = 0; i < story.window.canary.members.size(); ++i)
      canary.push_back(t % 11 == 3 ? absent() : one(t < shape.history_ticks + 10 ? 1 : 6));
    for (std::size_t i = 0; i < story.window.baseline.members.size(); ++i)
      baseline.push_back(requests.below(15) == 0 ? absent() : one(1));
    story.shape.tick = t % 4 == 0 ? shape.tick + std::chrono::milliseconds(requests.below(400)) : shape.tick;
    story.tick(canary, baseline);
    story.window.ticks.back().judged = t > shape.history_ticks + 6;
  }
  return story;
}

std::uint64_t bits(const std::optional<double>& x) {
  return x ? std::bit_cast<std::uint64_t>(*x) : std::uint64_t{1};
}

void check_same(const Finding& a, const Finding& b) {
  CHECK(a.sentence == b.sentence);
  CHECK(a.outcome == b.outcome);
  CHECK(bits(a.log_evidence) == bits(b.log_evidence));
  CHECK(bits(a.log_evidence_max) == bits(b.log_evidence_max));
  CHECK(a.since == b.since);
  CHECK(a.decided_at == b.decided_at);
  CHECK(a.suspicious == b.suspicious);
  CHECK(a.times_baseline == b.times_baseline);
}

// The first `count` ticks of a story as the window was then.
Window beginning(const Story& story, std::size_t count) {
  Window window = story.window;
  window.ticks.resize(count);
  window.now = window.ticks.back().at;
  return window;
}

// One comparison all through; beside it one that is taken out and put back after every tick.
void check_restored_everywhere(const Story& story) {
  const auto steady = make_sequential(story.check);
  auto restored = make_sequential(story.check);
  bool breach = false;
  const auto history = static_cast<std::size_t>(story.shape.history_ticks);
  for (std::size_t count = history; count <= story.window.ticks.size(); ++count) {
    const Window window = beginning(story, count);
    CAPTURE(count);
    const Finding finding = steady->compare(window);
    check_same(finding, restored->compare(window));
    CHECK(steady->save() == restored->save());
    const SequentialState state = restored->save();
    restored = make_sequential(story.check);
    restored->restore(state);
    CHECK(restored->save() == state);
    check_same(finding, restored->compare(window));
    breach = breach || accused(finding);
  }
  CHECK(breach);
}

constexpr StoryShape short_shape{.baseline_members = 6, .history_ticks = 20, .window_ticks = 40};

}  // namespace

TEST_CASE("errors are judged on as if nothing had happened after a restore at any tick") {
  check_restored_everywhere(story_of(ratio_check(), short_shape));
}

TEST_CASE("latency is judged on as if nothing had happened after a restore at any tick") {
  check_restored_everywhere(story_of(latency_check(), short_shape));
}

TEST_CASE("a gauge is judged on as if nothing had happened after a restore at any tick") {
  StoryShape shape = short_shape;
  shape.window_ticks = 120;
  check_restored_everywhere(story_of(gauge_check(), shape));
}

TEST_CASE("samples of several ticks of any length are restored in their midst") {
  // A window of 800 ticks has samples of three; 123 ms are no sum of powers of two.
  StoryShape shape = short_shape;
  shape.tick = std::chrono::milliseconds(123);
  shape.window_ticks = 150;
  for (const Check& check : {ratio_check(), gauge_check()}) {
    Story story = story_of(check, shape);
    story.window.length = story.shape.tick * 800;
    story.window.interval = std::chrono::milliseconds(123);
    const auto steady = make_sequential(check);
    auto restored = make_sequential(check);
    for (std::size_t count = 20; count <= story.window.ticks.size(); ++count) {
      const Window window = beginning(story, count);
      CAPTURE(count);
      const Finding finding = steady->compare(window);
      const SequentialState state = restored->save();
      restored = make_sequential(check);
      restored->restore(state);
      check_same(finding, restored->compare(window));
      CHECK(steady->save() == restored->save());
    }
  }
}

TEST_CASE("a state goes on in the middle of a run however the rounds were taken together") {
  const Story story = story_of(ratio_check(), short_shape);
  const auto at_once = make_sequential(story.check);
  const auto in_steps = make_sequential(story.check);
  for (const std::size_t count : {23U, 24U, 40U, 41U}) in_steps->compare(beginning(story, count));
  check_same(at_once->compare(story.window), in_steps->compare(story.window));
}

TEST_CASE("bytes that are not a state start over") {
  const Story story = story_of(ratio_check(), short_shape);
  const Finding fresh = make_sequential(story.check)->compare(story.window);
  const auto before = make_sequential(story.check);
  before->compare(story.window);
  const std::string valid = before->save().bytes;
  for (std::size_t n = 0; n < valid.size(); n += 7) {
    const auto comparison = make_sequential(story.check);
    comparison->restore({valid.substr(0, n)});
    check_same(fresh, comparison->compare(story.window));
  }
  CHECK(rc::check([&](const std::string& bytes) {
    const auto comparison = make_sequential(story.check);
    comparison->restore({bytes});
    RC_ASSERT(comparison->compare(story.window).sentence == fresh.sentence);
  }));
}

TEST_CASE("a state of another kind of check is no state") {
  const Story story = story_of(ratio_check(), short_shape);
  const auto other = make_sequential(latency_check());
  const Story slow = story_of(latency_check(), short_shape);
  other->compare(slow.window);
  const auto comparison = make_sequential(story.check);
  comparison->restore(other->save());
  check_same(make_sequential(story.check)->compare(story.window), comparison->compare(story.window));
}

TEST_CASE("a damaged state is refused or judged with but never fatal") {
  for (const Check& check : {ratio_check(), latency_check(), gauge_check()}) {
    const Story story = story_of(check, {.baseline_members = 6, .history_ticks = 8, .window_ticks = 12});
    const auto before = make_sequential(check);
    before->compare(beginning(story, 15));
    const std::string valid = before->save().bytes;
    std::string_view damages("\x00\x7f\xff", 3);
    for (std::size_t n = 0; n < valid.size(); n += n < 40 ? 1 : 13) {
      std::string bytes = valid;
      bytes[n] = damages[n % damages.size()];
      const auto comparison = make_sequential(check);
      CAPTURE(n);
      CHECK_NOTHROW(comparison->restore({bytes}));
      CHECK_NOTHROW(comparison->compare(story.window));
    }
  }
}

TEST_CASE("numbers that no comparison ever writes are no state") {
  const Story story = story_of(latency_check(), short_shape);
  const Finding fresh = make_sequential(story.check)->compare(story.window);
  const auto before = make_sequential(story.check);
  before->compare(beginning(story, 30));
  const auto valid = decode_memory(before->save().bytes);
  REQUIRE(valid.has_value());
  REQUIRE(valid->samples.size() > 2);
  const auto starts_over = [&](const char* what, auto spoil) {
    INFO(std::string(what));
    SequentialMemory memory = *valid;
    spoil(memory);
    const auto comparison = make_sequential(story.check);
    CHECK_NOTHROW(comparison->restore({encode(memory)}));
    CHECK(comparison->compare(story.window).sentence == fresh.sentence);
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  starts_over("an endless window", [](SequentialMemory& m) { m.window_samples = std::size_t{1} << 62; });
  starts_over("a long window", [](SequentialMemory& m) { m.window_samples = std::size_t{1} << 31; });
  starts_over("no window", [](SequentialMemory& m) { m.window_samples = 0; });
  starts_over("a count that is no number", [](SequentialMemory& m) { m.samples[1].of_canary[0] = nan; });
  starts_over("an infinite count", [](SequentialMemory& m) { m.history[1].of_baseline[0] = inf; });
  starts_over("an infinite memory", [](SequentialMemory& m) { m.sampler[1] = inf; });
  starts_over("edges beyond all memory", [](SequentialMemory& m) { m.sampler = {9223372036854775808.0, 1}; });
  starts_over("a number of edges below zero", [](SequentialMemory& m) { m.sampler = {-1, 1}; });
}

TEST_CASE("a comparison that has found a breach forgets it when another state is put in") {
  const Story story = story_of(ratio_check(), short_shape);
  const auto comparison = make_sequential(story.check);
  comparison->compare(beginning(story, 25));
  const SequentialState early = comparison->save();
  const Finding then = comparison->compare(beginning(story, 25));
  REQUIRE(accused(comparison->compare(story.window)));
  comparison->restore(early);
  check_same(then, comparison->compare(beginning(story, 25)));
}

}  // namespace davy::judge

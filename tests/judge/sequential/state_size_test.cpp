// The state stays below what a journal record may hold.

#include "tests/judge/sequential/story.hpp"

#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using namespace testing;

// Twelve groups, five minutes of history, half an hour of window, and the quarter beyond it that is still
// judged.
constexpr StoryShape shape{.baseline_members = 12, .history_ticks = 60, .window_ticks = 360};
constexpr int ticks = 60 + 450;

template <class Any>
std::size_t bytes_of(const Check& check, Any any, const StoryShape& with = shape, int count = ticks) {
  Story story(check, with);
  for (int t = 0; t < count; ++t) {
    std::vector<MemberTick> baseline;
    for (std::size_t k = 0; k < with.baseline_members; ++k) baseline.push_back(any());
    story.tick({any()}, baseline);
  }
  story.judge();
  const std::size_t bytes = story.comparison->save().bytes.size();
  MESSAGE(check.name << ": " << bytes << " bytes");
  return bytes;
}

// 20,000 requests, in buckets of which half a percent lies above the limits.
MemberTick fast_member(Requests& requests) {
  std::vector<double> buckets{9000, 6000, 4000, 850, 60, 30, 10};
  for (double& n : buckets) n += requests.below(50);
  return histogram(std::move(buckets));
}

}  // namespace

TEST_CASE("the state of a check of errors fits with 20000 requests per member and tick") {
  Requests requests(1);
  CHECK(bytes_of(ratio_check(), [&] { return requests.ratio(20000, 0.02); }) <= sequential_state_bytes_max);
}

TEST_CASE("the state of a check of latency fits with 20000 requests per member and tick") {
  Requests requests(1);
  const auto any = [&] { return fast_member(requests); };
  Check relative = latency_check(), absolute = latency_check();
  relative.max.reset();
  absolute.max_increase.reset();
  for (const Check& check : {latency_check(), relative, absolute})
    CHECK(bytes_of(check, any) <= sequential_state_bytes_max);
}

TEST_CASE("the state of a gauge fits") {
  Requests requests(1);
  CHECK(bytes_of(gauge_check(), [&] { return requests.gauge(1e9, 1e7); }) <= sequential_state_bytes_max);
  // Ticks of 15 s are samples of one.
  StoryShape slow = shape;
  slow.tick = std::chrono::seconds(15);
  slow.history_ticks = 20;
  CHECK(bytes_of(
            gauge_check(), [&] { return requests.gauge(1e9, 1e7); }, slow, 20 + 450) <=
        sequential_state_bytes_max);
}

TEST_CASE("the state of a thousand members fits") {
  Requests requests(1);
  StoryShape many = shape;
  many.baseline_members = 1000;
  CHECK(bytes_of(
            ratio_check(), [&] { return counts(200 + requests.below(20), requests.below(9)); }, many) <=
        sequential_state_bytes_max);
}

}  // namespace davy::judge

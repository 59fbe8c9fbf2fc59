// A canary that does as the baseline does is never accused, whatever the counts.

#include "tests/judge/sequential/story.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace davy::judge {
namespace {

using namespace testing;

constexpr StoryShape small{
    .baseline_members = 5, .canary_members = 1, .history_ticks = 8, .window_ticks = 16};

// Ratios of 1 and more, with and without what makes a margin, alone and together with an absolute limit.
std::vector<Check> ratio_checks() {
  std::vector<Check> checks;
  for (const double increase : {0.0, 0.2, 1.0})
    for (const double least : {0.0, 0.005})
      for (const bool absolute : {false, true}) {
        Check check = ratio_check();
        check.max_increase = Increase{Increase::Kind::relative, increase};
        check.ignore_increase_below = least;
        if (!absolute) check.max.reset();
        checks.push_back(check);
      }
  Check plus = ratio_check();
  plus.max_increase = Increase{Increase::Kind::absolute, 0.001};
  checks.push_back(plus);
  return checks;
}

// Any number at all, most of them small, some very large.
double any_count() {
  const int size = *rc::gen::inRange(0, 15);
  return *rc::gen::inRange(0, 1 << size);
}

MemberTick any_counts() {
  const double total = any_count();
  return counts(total, std::min(total, any_count()));
}

MemberTick any_histogram() {
  std::vector<double> buckets(usual_bounds().size());
  for (double& n : buckets) n = any_count();
  return histogram(std::move(buckets));
}

MemberTick any_reading() { return reading(any_count()); }

MemberTick sum_of(const std::vector<MemberTick>& members) {
  MemberTick sum = members.front();
  for (std::size_t i = 1; i < members.size(); ++i) {
    sum.total += members[i].total;
    sum.bad += members[i].bad;
    for (std::size_t b = 0; b < sum.buckets.size(); ++b) sum.buckets[b] += members[i].buckets[b];
  }
  return sum;
}

// Random numbers for every member of the baseline; what the canary has, `canary_of` makes of them.
template <class Any, class CanaryOf>
void never_accused(const Check& check, const StoryShape& shape, Any any, CanaryOf canary_of) {
  Story story(check, shape);
  for (int t = 0; t < shape.history_ticks + shape.window_ticks; ++t) {
    std::vector<MemberTick> members;
    for (std::size_t k = 0; k < shape.baseline_members; ++k) members.push_back(any());
    const MemberTick canary = canary_of(members);
    story.tick({canary}, members);
    const Finding finding = story.judge();
    RC_ASSERT(!accused(finding));
    RC_ASSERT(*finding.log_evidence < 4.6);
  }
}

}  // namespace

TEST_CASE("a canary with exactly the baseline's counts is never accused of errors") {
  for (const Check& check : ratio_checks())
    CHECK(rc::check([&] { never_accused(check, small, any_counts, sum_of); }));
}

TEST_CASE("a canary with a group's own counts is never accused of errors") {
  // Without a history, so that no group can have been left out of the baseline.
  StoryShape cold = small;
  cold.history_ticks = 0;
  for (const Check& check : ratio_checks())
    CHECK(rc::check([&] {
      const auto group = *rc::gen::inRange<std::size_t>(0, cold.baseline_members);
      never_accused(check, cold, any_counts,
                    [group](const std::vector<MemberTick>& members) { return members[group]; });
    }));
}

TEST_CASE("a canary with the baseline's own histogram is never accused of latency") {
  for (const double increase : {0.0, 0.2, 1.0}) {
    Check check = latency_check();
    check.max_increase = Increase{Increase::Kind::relative, increase};
    CHECK(rc::check([&] { never_accused(check, small, any_histogram, sum_of); }));
  }
}

TEST_CASE("a canary with the mean of the baseline's readings is never accused") {
  const auto mean_of = [](const std::vector<MemberTick>& members) {
    double sum = 0;
    for (const MemberTick& member : members) sum += member.value;
    return reading(sum / static_cast<double>(members.size()));
  };
  for (const double increase : {0.0, 0.3}) {
    Check check = gauge_check();
    check.max_increase = Increase{Increase::Kind::relative, increase};
    CHECK(rc::check([&] { never_accused(check, small, any_reading, mean_of); }));
  }
}

}  // namespace davy::judge

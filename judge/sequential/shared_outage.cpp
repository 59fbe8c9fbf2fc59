#include "judge/sequential/shared_outage.hpp"

#include "judge/sequential/group_tick.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {
namespace {

constexpr double memory_s = 300;
constexpr int ticks_after = 5;

constexpr std::size_t members_to_tell = 3;
constexpr double requests_to_compare_with = 50;

// Five standard errors of events that come in bursts of three, and a few events for very small numbers.
bool far_above(const Counts& counts, double rate) {
  const double expected = counts.total * rate;
  return counts.bad > expected + 5 * std::sqrt(3 * expected) + 4 && counts.bad > 3 * expected;
}

Counts without_worst(std::span<const Counts> groups, const Counts& all) {
  const auto worst = std::max_element(groups.begin(), groups.end(),
                                      [](const Counts& a, const Counts& b) { return a.bad < b.bad; });
  return {all.total - worst->total, all.bad - worst->bad};
}

}  // namespace

bool SharedOutage::observe(std::span<const Counts> groups, double tick_s) {
  const Counts baseline = sum_of(groups);
  const double rate = (memory_.bad + 0.5) / (memory_.total + 50);
  bool outage = memory_.total >= requests_to_compare_with && far_above(baseline, rate);
  // One member's trouble is not everybody's.
  if (outage && groups.size() >= members_to_tell) outage = far_above(without_worst(groups, baseline), rate);
  if (outage) {
    ticks_left_ = ticks_after;
    return true;
  }
  if (ticks_left_ > 0) {
    --ticks_left_;
    return true;
  }
  const double keep = std::exp(-tick_s / memory_s);
  memory_.total = memory_.total * keep + baseline.total;
  memory_.bad = memory_.bad * keep + baseline.bad;
  return false;
}

}  // namespace davy::judge

#include "judge/sequential/shared_outage.hpp"

#include <cmath>

namespace davy::judge {
namespace {

constexpr double memory_s = 300;
constexpr int ticks_after = 5;

}  // namespace

bool SharedOutage::observe(const Counts& baseline, double tick_s) {
  const double expected = baseline.total * (memory_.bad + 0.5) / (memory_.total + 50);
  // Five standard errors of events that come in bursts of three, and a few events for very small numbers.
  const bool outage =
      baseline.bad > expected + 5 * std::sqrt(3 * expected) + 4 && baseline.bad > 3 * expected;
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

#include "judge/mann_whitney/minute_points.hpp"

#include "judge/threshold/span.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace davy::judge {
namespace {

constexpr Duration minute = std::chrono::minutes(1);

// One side's part of the minute that is being filled.
struct OpenPoint {
  SideSum sum;
  Duration seen{};

  void add(const std::vector<MemberTick>& members, Duration length, std::size_t bins) {
    const auto present = [](const MemberTick& member) { return member.present; };
    if (std::any_of(members.begin(), members.end(), present)) seen += length;
    sum.add(members, bins);
  }

  void close(SidePoints& points, Duration length, const Check& check, const Window& window) {
    const std::optional<double> value = sum.value(check, window.bounds);
    if (2 * seen >= length && value && !std::isnan(*value)) {
      points.values.push_back(*value);
      points.samples += sum.total;
    }
    points.seen += sum.total;
    *this = {};
  }
};

}  // namespace

double SidePoints::mean() const {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

MinutePoints minute_points(const Window& window, const Check& check) {
  MinutePoints points;
  OpenPoint canary;
  OpenPoint baseline;
  Duration filled{};
  for (const Tick& tick : window.ticks) {
    if (!tick.judged) continue;
    points.warming_up = false;
    canary.add(tick.canary, tick.length, window.bounds.size());
    baseline.add(tick.baseline, tick.length, window.bounds.size());
    filled += tick.length;
    if (filled + tick.length / 2 < minute) continue;  // one more tick brings it nearer to a minute
    canary.close(points.canary, filled, check, window);
    baseline.close(points.baseline, filled, check, window);
    filled = {};
  }
  points.canary.seen += canary.sum.total;
  points.baseline.seen += baseline.sum.total;
  points.next_in = std::max(minute - filled, Duration::zero());
  return points;
}

}  // namespace davy::judge

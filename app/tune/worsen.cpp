#include "app/tune/worsen.hpp"

#include <cmath>
#include <random>

namespace davy::app::tune {
namespace {

using Random = std::mt19937_64;

double draw(double count, double chance, Random& random) {
  const auto n = static_cast<long>(std::llround(count));
  if (n <= 0 || chance <= 0) return 0;
  if (chance >= 1) return count;
  return static_cast<double>(std::binomial_distribution<long>(n, chance)(random));
}

void fail_more(MemberTick& tick, double times, double usual_share, Random& random) {
  const double chance = std::min(1.0, (times - 1) * usual_share / std::max(1e-9, 1 - usual_share));
  tick.bad += draw(tick.total - tick.bad, chance, random);
}

// Of the events between `low` and `high`, spread evenly by their logarithm, the share that is above `bound`
// when all take `times` as long.
double share_above(double low, double high, double times, double bound) {
  low *= times;
  high *= times;
  if (bound <= low) return 1;
  if (bound >= high) return 0;
  if (low <= 0) return 1 - bound / high;
  return std::log(high / bound) / std::log(high / low);
}

void slow_down(MemberTick& tick, const std::vector<double>& bounds, double times, Random& random) {
  std::vector<double> out(tick.buckets.size(), 0);
  for (std::size_t i = 0; i < tick.buckets.size(); ++i) {
    const double low = i == 0 ? 0 : bounds[i - 1];
    double left = tick.buckets[i];
    double sure = 1;  // the share that has not found its bin yet
    std::size_t bin = i;
    for (; bin + 1 < bounds.size() && !std::isinf(bounds[i]); ++bin) {
      const double above = share_above(low, bounds[i], times, bounds[bin]);
      const double moves = draw(left, sure > 0 ? above / sure : 0, random);
      out[bin] += left - moves;
      left = moves;
      sure = above;
      if (left <= 0) break;
    }
    out[bin] += left;
  }
  tick.buckets = std::move(out);
}

}  // namespace

Window worsened(const Window& window, const Check& check, double times, double usual_share) {
  Window out = window;
  if (times == 1) return out;
  for (Tick& tick : out.ticks) {
    if (!tick.judged) continue;
    Random random(static_cast<std::uint64_t>(tick.at.time_since_epoch().count()));
    for (MemberTick& member : tick.canary) {
      if (!member.present) continue;
      if (check.kind == CheckKind::ratio) fail_more(member, times, usual_share, random);
      if (check.kind == CheckKind::latency) slow_down(member, out.bounds, times, random);
      if (check.kind == CheckKind::gauge || check.kind == CheckKind::promql) member.value *= times;
    }
  }
  return out;
}

}  // namespace davy::app::tune

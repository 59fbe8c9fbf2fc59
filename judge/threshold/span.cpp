#include "judge/threshold/span.hpp"

#include "judge/stats/histogram_quantile.hpp"

#include <algorithm>

namespace davy::judge {

void SideSum::add(const std::vector<MemberTick>& members, std::size_t bins) {
  for (const MemberTick& member : members) {
    if (!member.present) continue;
    total += member.total;
    bad += std::min(member.bad, member.total);
    value_sum += member.value;
    if (member.buckets.size() != bins) continue;  // another layout: never mixed
    if (buckets.empty()) buckets.resize(bins);
    for (std::size_t i = 0; i < bins; ++i) buckets[i] += member.buckets[i];
  }
}

std::optional<double> SideSum::value(const Check& check, const std::vector<double>& bounds) const {
  if (!(total > 0)) return std::nullopt;
  switch (check.kind) {
    case CheckKind::ratio: return bad / total;
    case CheckKind::latency: return histogram_quantile(check.quantile, bounds, buckets);
    default: return value_sum / total;
  }
}

Span recent_span(const Window& window, const Check& check) {
  Span span;
  // A query's number is compared as of one round: an older one is none of now.
  const bool is_query = check.kind == CheckKind::promql;
  const bool compares = check.max_increase.has_value() && !is_query;
  for (auto tick = window.ticks.rbegin(); tick != window.ticks.rend() && tick->judged; ++tick) {
    if (!span.newest) span.newest = tick->at;
    const bool recent = *span.newest - tick->at < check.lookback;
    const bool enough =
        span.canary.total >= check.min_samples && (!compares || span.baseline.total >= check.min_samples);
    if (!recent && enough) break;
    span.canary.add(tick->canary, window.bounds.size());
    span.baseline.add(tick->baseline, window.bounds.size());
    span.length += tick->length;
    if (is_query && !(span.canary.total > 0)) break;
  }
  return span;
}

}  // namespace davy::judge

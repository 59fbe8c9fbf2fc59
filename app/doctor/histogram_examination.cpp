#include "app/doctor/histogram_examination.hpp"

#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <set>

namespace davy::app::doctor {
namespace {

struct Bounds {
  std::set<double> finite;  // in seconds
  bool has_infinity = false;
  std::size_t unreadable = 0;
};

Bounds bounds_of(const Check& check, const std::vector<const Series*>& series) {
  Bounds bounds;
  for (const Series* one : series) {
    const std::string text(one->labels.get("le").value_or(""));
    char* end = nullptr;
    const double bound = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || std::isnan(bound))
      ++bounds.unreadable;
    else if (std::isinf(bound))
      bounds.has_infinity = bounds.has_infinity || bound > 0;
    else
      bounds.finite.insert(bound / check.units_per_second);
  }
  return bounds;
}

std::string value_text(double bound, const Check& check) { return to_text(bound, check.unit); }

Diagnosis around_limit(const Check& check, const std::set<double>& bounds) {
  const double limit = *check.max;
  const auto above = bounds.upper_bound(limit);
  if (bounds.contains(limit))
    return {Level::ok, check.name,
            fmt::format("a bucket ends exactly at the limit, {}", value_text(limit, check)), ""};
  if (above == bounds.end())
    return {
        Level::failure, check.name,
        fmt::format("the largest bucket ends at {}, below the limit {}: beyond it nothing can be told apart",
                    value_text(*bounds.rbegin(), check), value_text(limit, check)),
        "add buckets up to and beyond the limit, or lower max"};
  const double from = above == bounds.begin() ? 0 : *std::prev(above);
  const bool coarse = from == 0 || *above > 2.6 * from;  // the usual 1, 2.5, 5 still does
  return {
      coarse ? Level::warning : Level::ok, check.name,
      fmt::format("the limit {} lies in the bucket from {} to {}, and p{} cannot be told better than that",
                  value_text(limit, check), value_text(from, check), value_text(*above, check),
                  to_plain(check.quantile * 100)),
      coarse ? fmt::format("add a bucket that ends at {}", value_text(limit, check)) : ""};
}

Diagnosis compare(const Check& check, const std::set<double>& canary, const std::set<double>& baseline) {
  std::vector<double> shared;
  std::set_intersection(canary.begin(), canary.end(), baseline.begin(), baseline.end(),
                        std::back_inserter(shared));
  if (shared.empty())
    return {Level::failure, check.name,
            "the canary's buckets and the baseline's share no bound, so they cannot be compared",
            "use the same buckets in both versions"};
  return {
      Level::warning, check.name,
      fmt::format("the buckets differ: {} bounds of the canary, {} of the baseline; only the {} that both "
                  "have are used",
                  canary.size(), baseline.size(), shared.size()),
      "use the same buckets in both versions"};
}

}  // namespace

Diagnoses examine_histogram(const Check& check, const std::vector<const Series*>& canary,
                            const std::vector<const Series*>& baseline) {
  Diagnoses found;
  const Bounds ours = bounds_of(check, canary), theirs = bounds_of(check, baseline);
  for (const auto& [side, bounds, series] :
       {std::tuple{"canary", &ours, &canary}, std::tuple{"baseline", &theirs, &baseline}}) {
    if (series->empty()) continue;
    if (bounds->unreadable > 0)
      found.push_back({Level::failure, check.name,
                       fmt::format("{} of the {} whose le is no number",
                                   counted(static_cast<double>(bounds->unreadable), "bucket"), side),
                       ""});
    if (!bounds->has_infinity)
      found.push_back({Level::failure, check.name,
                       fmt::format("the {}'s histogram has no bucket le=\"+Inf\", so it is not used", side),
                       "expose whole histograms"});
  }
  if (check.max && !ours.finite.empty()) found.push_back(around_limit(check, ours.finite));
  if (!ours.finite.empty() && !theirs.finite.empty() && ours.finite != theirs.finite)
    found.push_back(compare(check, ours.finite, theirs.finite));
  return found;
}

}  // namespace davy::app::doctor

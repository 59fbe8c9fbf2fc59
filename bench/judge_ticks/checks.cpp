#include "bench/judge_ticks/checks.hpp"

#include <fmt/format.h>
#include <set>

namespace davy::judge_ticks {
namespace {

constexpr double increase_max = 0.5;
constexpr double ignored_error_ratio = 0.005;
constexpr double ignored_latency_s = 0.001;  // the finest bound of usual buckets
constexpr double ignored_share_missing = 0.005;
constexpr double readings_min = 5;
constexpr double lookback_ticks = 6;

bool higher_is_better(std::string_view gauge) {
  return gauge.find("availability") != std::string_view::npos ||
         gauge.find("success") != std::string_view::npos || gauge.find("apdex") != std::string_view::npos;
}

double best_value(std::string_view gauge) { return gauge.ends_with("_pct") ? 100 : 1; }

bool is_in_seconds(std::string_view gauge) { return gauge.starts_with("lat_") || gauge.ends_with("_s"); }

Check comparing_check(std::string name, const TickFile& file, double tick_s) {
  Check check;
  check.name = std::move(name);
  check.max_increase = Increase{Increase::Kind::relative, file.limits.max_increase.value_or(increase_max)};
  check.lookback = from_seconds(lookback_ticks * tick_s);
  return check;
}

// max and ignore_increase_below are shares of one and so are meant for errors; only there does a file's own
// max stand alone.
Check errors_check(const TickFile& file, double tick_s) {
  Check check = comparing_check("errors", file, tick_s);
  check.ignore_increase_below = ignored_error_ratio;
  const FileLimits& limits = file.limits;
  if (!limits.max && !limits.max_increase) return check;
  check.max = limits.max;
  check.ignore_increase_below = limits.ignore_increase_below.value_or(0);
  if (!limits.max_increase) check.max_increase.reset();
  return check;
}

Check latency_check(double quantile, const TickFile& file, double tick_s) {
  Check check = comparing_check("latency", file, tick_s);
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.quantile = quantile;
  check.ignore_increase_below = ignored_latency_s;
  return check;
}

Check gauge_check(const std::string& gauge, const TickFile& file, double tick_s) {
  Check check = comparing_check(gauge, file, tick_s);
  check.kind = CheckKind::gauge;
  check.unit = is_in_seconds(gauge) ? Unit::seconds : Unit::count;
  check.gauge.metric = gauge;
  check.min_samples = readings_min;
  if (higher_is_better(gauge)) {
    check.name = fmt::format("missing {}", gauge);
    check.ignore_increase_below = ignored_share_missing * best_value(gauge);
  }
  return check;
}

struct Seen {
  bool errors = false;
  bool buckets = false;
  std::set<std::string> gauges;
};

Seen seen_in(const TickFile& file) {
  Seen seen;
  for (const auto* side : {&file.canary, &file.baseline}) {
    for (const Series& series : *side) {
      for (const FileTick& tick : series.ticks) {
        seen.errors = seen.errors || tick.errors;
        seen.buckets = seen.buckets || !tick.buckets.empty();
        for (const auto& gauge : tick.gauges) seen.gauges.insert(gauge.first);
      }
    }
  }
  return seen;
}

}  // namespace

FilePolicy policy_for(const TickFile& file, double tick_s) {
  FilePolicy policy;
  const Seen seen = seen_in(file);
  if (seen.errors) policy.checks.push_back(errors_check(file, tick_s));
  if (seen.buckets) {
    for (const double quantile : {0.5, 0.99}) policy.checks.push_back(latency_check(quantile, file, tick_s));
  }
  for (const std::string& gauge : seen.gauges) policy.checks.push_back(gauge_check(gauge, file, tick_s));
  if (file.confidence) policy.confidence = *file.confidence;
  return policy;
}

double judged_reading(std::string_view gauge, double value) {
  return higher_is_better(gauge) ? best_value(gauge) - value : value;
}

}  // namespace davy::judge_ticks

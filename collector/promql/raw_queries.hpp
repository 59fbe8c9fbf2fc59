#pragma once

// What a side's Prometheus is asked for so that the checks' own series come back as they were scraped: raw
// totals, buckets and readings with their own times, never rate(). Pure.

#include "core/model/check.hpp"
#include "core/model/metric.hpp"
#include "core/model/scrape.hpp"

#include <string>
#include <vector>

namespace davy::collector {

struct RawQuery {
  std::string selector;  // of single series, with the side's `where`
  std::string metric;
  MetricType type = MetricType::unknown;
};

// One for each selector of the checks that no other contains, and the last for process_start_time_seconds.
// Empty when all checks are queries of their own.
std::vector<RawQuery> raw_queries(const std::vector<Check>& checks, const SideSpec& side);

inline constexpr const char* start_time_metric = "process_start_time_seconds";

}  // namespace davy::collector

#include "collector/parse/reading_sink.hpp"

#include "collector/parse/openmetrics_text.hpp"
#include "collector/parse/prometheus_text.hpp"

#include <algorithm>
#include <cmath>

namespace davy::collector {
namespace {

constexpr std::string_view start_time_name = "process_start_time_seconds";

}  // namespace

bool WantedNames::contains(std::string_view name) const {
  return all || std::find(names.begin(), names.end(), name) != names.end();
}

ReadingSink::ReadingSink(WantedNames wanted, Labels target_labels)
    : wanted_(std::move(wanted)), cache_(std::move(target_labels)) {}

Result<ReadBody> ReadingSink::read(std::string_view body, ExpositionFormat format,
                                   const ExpositionLimits& limits) {
  format_ = format;
  body_ = {};
  body_.samples.reserve(samples_before_);
  group_start_ = 0;
  cache_.begin_scrape();
  const auto summary = format == ExpositionFormat::openmetrics ? parse_openmetrics(body, limits, *this)
                                                               : parse_prometheus_text(body, limits, *this);
  cache_.end_scrape();
  if (!summary) return summary.error();
  body_.summary = *summary;
  samples_before_ = body_.samples.size();
  return std::move(body_);
}

bool ReadingSink::wants(std::string_view name) { return name == start_time_name || wanted_.contains(name); }

void ReadingSink::take(const SampleView& sample) {
  if (sample.native_histogram || std::isnan(sample.value)) return;
  if (sample.name == start_time_name) {
    if (sample.labels.empty() && std::isfinite(sample.value)) body_.process_start_time = sample.value;
    if (!wanted_.contains(sample.name)) return;
  }
  const SeriesCache::Found found = cache_.find(sample);
  if (!found.seen_before) {
    *found.last_index = body_.samples.size();
    body_.samples.push_back({found.series, sample.value, std::nullopt});
    return;
  }
  // In OpenMetrics a series may have several points in the order of time: the last is now. In text it is a
  // mistake.
  if (format_ == ExpositionFormat::openmetrics && sample.at) {
    body_.samples[*found.last_index].value = sample.value;
  } else {
    ++body_.duplicates;
  }
}

void ReadingSink::group_created(std::optional<double> unix_seconds) {
  for (; group_start_ < body_.samples.size(); ++group_start_)
    body_.samples[group_start_].created = unix_seconds;
}

}  // namespace davy::collector

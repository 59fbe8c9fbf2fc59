#pragma once

// What a target exposes: series of a type, and one value of each at a scrape.

#include "core/model/labels.hpp"

#include <memory>
#include <optional>
#include <string>

namespace davy {

enum class MetricType { unknown, counter, gauge, histogram, gauge_histogram, summary, state_set, info };

// One series' identity. `name` is the sample's name as written (http_request_duration_seconds_bucket), `type`
// that of its family. Interned: within one source the same series is the same object for as long as it is
// seen.
struct Series {
  std::string name;
  Labels labels;
  MetricType type = MetricType::unknown;
};
using SeriesRef = std::shared_ptr<const Series>;

// One series' value at one scrape. `created` is OpenMetrics' _created of the series' family and labels, in
// Unix seconds. A NaN value never leaves the parser's room: it means "no value" and the sample is left out.
struct Sample {
  SeriesRef series;
  double value = 0;
  std::optional<double> created;
};

}  // namespace davy

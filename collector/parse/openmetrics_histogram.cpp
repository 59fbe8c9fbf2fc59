#include "collector/parse/openmetrics_histogram.hpp"

#include <cmath>

namespace davy::collector {

Complaint OpenMetricsHistogram::bucket(double le, double value) {
  if (last_le_ && le <= *last_le_) return {"buckets are not in ascending order of le"};
  if (value < last_value_) return {"a bucket counts less than the one below it"};
  negative_buckets_ = negative_buckets_ || le < 0;
  last_le_ = le;
  last_value_ = value;
  return {};
}

void OpenMetricsHistogram::sum(double value, bool gauge) {
  has_sum_ = true;
  is_gauge_ = gauge;
  negative_sum_ = value < 0;
}

Complaint OpenMetricsHistogram::finish() const {
  if (!last_le_ || !std::isinf(*last_le_) || *last_le_ < 0)
    return {"the +Inf bucket is missing before this line"};
  if (count_ && *count_ != last_value_) return {"the count differs from the +Inf bucket before this line"};
  if (has_sum_ && !count_) return {"a sum without a count before this line"};
  if (!has_sum_ && count_) return {"a count without a sum before this line"};
  if (has_sum_ && !is_gauge_ && negative_buckets_) return {"a sum beside negative buckets before this line"};
  if (is_gauge_ && negative_sum_ && !negative_buckets_)
    return {"a negative sum without negative buckets before this line"};
  return {};
}

}  // namespace davy::collector

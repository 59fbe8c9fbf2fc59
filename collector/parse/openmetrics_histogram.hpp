#pragma once

// The rules of one (gauge) histogram in OpenMetrics: one label set at one time. Buckets come in ascending
// order of "le" with counts that do not fall, +Inf is there and equals the count, and sum and count come
// together.

#include "collector/parse/complaint.hpp"

#include <optional>
#include <string_view>

namespace davy::collector {

class OpenMetricsHistogram {
 public:
  void begin() { *this = {}; }
  Complaint bucket(double le, double value);
  void count(double value) { count_ = value; }
  void sum(double value, bool gauge);
  Complaint finish() const;

 private:
  std::optional<double> last_le_;
  double last_value_ = 0;
  std::optional<double> count_;
  bool has_sum_ = false;
  bool is_gauge_ = false;
  bool negative_sum_ = false;
  bool negative_buckets_ = false;
};

}  // namespace davy::collector

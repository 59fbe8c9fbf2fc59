#pragma once

// A check's limits, from text to base units: "5%", "0.5pp", "800ms", "10MiB", "5/s", a bare number for a
// count. Each error is the end of a sentence that begins with the key.

#include "core/base/result.hpp"
#include "core/model/check.hpp"

#include <string_view>

namespace davy::config {

struct Quantity {
  double value = 0;  // base units
  Unit unit = Unit::ratio;
};

// A limit of a check of this kind: ratio -> %, latency -> a duration, gauge -> whatever its unit says.
Result<Quantity> read_limit(std::string_view text, CheckKind kind);

// max_increase: "100%" relative, or an amount in the check's own unit ("0.5pp" for a ratio).
Result<Increase> read_increase(std::string_view text, CheckKind kind);

// ignore_increase_below: an amount in the check's own unit.
Result<double> read_amount(std::string_view text, CheckKind kind);

// "p99", "p99.9", "0.99" -> 0.99, between 0 and 1, both excluded.
Result<double> read_quantile(std::string_view text);

}  // namespace davy::config

#pragma once

// Numbers as sentences show them.

#include <string>

namespace davy {

// A count with thousands separators: "41,900". Fractions (interpolated counts) are rounded.
std::string to_count(double n);

// A share of one as percent with two or three significant digits: 0.0312 -> "3.1%", 0.00042 -> "0.042%".
std::string to_percent(double share);

// Percentage points: 0.005 -> "0.5pp".
std::string to_points(double share);

// A length of time given in seconds: 0.8 -> "800ms", 2.5 -> "2.5s", 95 -> "95s".
std::string to_latency(double seconds);

// A plain value with three significant digits and no exponent where it can be avoided: "1,234", "0.0312".
std::string to_plain(double value);

// The shortest decimal that reads back as the same double; NaN, +Inf and -Inf as Prometheus writes them.
std::string to_exact(double value);

}  // namespace davy

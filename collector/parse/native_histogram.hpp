#pragma once

// The text form of a native histogram, as Prometheus' client libraries write it beside OpenMetrics 1.0:
//   {count:24,sum:100,schema:0,zero_threshold:0.001,zero_count:4,positive_spans:[0:2,1:2],positive_deltas:[2,1,-3,3]}
// It is checked and passed over: Davy judges the classic buckets.

#include "collector/parse/complaint.hpp"

#include <string_view>

namespace davy::collector {

// `text` starts with the opening brace; all of it must be the histogram.
Complaint check_native_histogram(std::string_view text);

}  // namespace davy::collector

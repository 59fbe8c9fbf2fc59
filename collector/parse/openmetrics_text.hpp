#pragma once

// OpenMetrics 1.0 text, strictly: grammar, metadata, families, groups, histograms, exemplars and timestamps
// are checked as the specification demands, in linear time. Native histograms in the form that Prometheus'
// libraries write are accepted and yield samples without a value.

#include "collector/parse/exposition.hpp"

#include <string_view>

namespace davy::collector {

Result<ExpositionSummary> parse_openmetrics(std::string_view body, const ExpositionLimits& limits,
                                            SampleSink& sink);

}  // namespace davy::collector

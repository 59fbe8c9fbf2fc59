#pragma once

// Prometheus' text exposition format 0.0.4, with quoted UTF-8 names.
//
// As lenient as the format's own readers: comments, blank lines, blanks around tokens, a missing last line
// feed, CRLF, repeated and late TYPE lines, interleaved families. Refused with the line: anything else that
// is not a sample. docs/exposition.md says what is followed where the format's readers differ.

#include "collector/parse/exposition.hpp"

#include <string_view>

namespace davy::collector {

Result<ExpositionSummary> parse_prometheus_text(std::string_view body, const ExpositionLimits& limits,
                                                SampleSink& sink);

}  // namespace davy::collector

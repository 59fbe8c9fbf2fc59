#pragma once

// The names of metric types, and which samples a family of a type consists of.

#include "core/model/metric.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace davy::collector {

std::optional<MetricType> text_type(std::string_view word);  // the text format's words, and OpenMetrics' too
std::optional<MetricType> openmetrics_type(std::string_view word);  // no "untyped"

// The suffixes of a family's samples in OpenMetrics; "" is the family's own name.
std::span<const std::string_view> openmetrics_suffixes(MetricType type);

// Whether a sample of that name may belong to a family of that type in the text format.
bool is_text_suffix(MetricType type, std::string_view suffix);

}  // namespace davy::collector

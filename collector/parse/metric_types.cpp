#include "collector/parse/metric_types.hpp"

#include <array>
#include <utility>

namespace davy::collector {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::pair<std::string_view, MetricType>, 8> words{{
    {"counter", MetricType::counter},
    {"gauge", MetricType::gauge},
    {"histogram", MetricType::histogram},
    {"summary", MetricType::summary},
    {"unknown", MetricType::unknown},
    {"gaugehistogram", MetricType::gauge_histogram},
    {"stateset", MetricType::state_set},
    {"info", MetricType::info},
}};

constexpr std::array<std::string_view, 1> plain{""};
constexpr std::array<std::string_view, 2> of_counter{"_total", "_created"};
constexpr std::array<std::string_view, 4> of_summary{"", "_count", "_sum", "_created"};
constexpr std::array<std::string_view, 4> of_histogram{"_count", "_sum", "_bucket", "_created"};
constexpr std::array<std::string_view, 3> of_gauge_histogram{"_gcount", "_gsum", "_bucket"};
constexpr std::array<std::string_view, 1> of_info{"_info"};

}  // namespace

std::optional<MetricType> openmetrics_type(std::string_view word) {
  for (const auto& [name, type] : words) {
    if (name == word) return type;
  }
  return std::nullopt;
}

std::optional<MetricType> text_type(std::string_view word) {
  if (word == "untyped") return MetricType::unknown;
  if (word == "gauge_histogram") return MetricType::gauge_histogram;
  return openmetrics_type(word);
}

Names openmetrics_suffixes(MetricType type) {
  switch (type) {
    case MetricType::counter: return of_counter;
    case MetricType::summary: return of_summary;
    case MetricType::histogram: return of_histogram;
    case MetricType::gauge_histogram: return of_gauge_histogram;
    case MetricType::info: return of_info;
    case MetricType::gauge:
    case MetricType::state_set:
    case MetricType::unknown: break;
  }
  return plain;
}

bool is_text_suffix(MetricType type, std::string_view suffix) {
  if (suffix.empty()) return type != MetricType::histogram && type != MetricType::gauge_histogram;
  const bool sums = suffix == "_sum" || suffix == "_count";
  switch (type) {
    case MetricType::summary: return sums;
    case MetricType::histogram: return sums || suffix == "_bucket";
    case MetricType::gauge_histogram:
      return sums || suffix == "_bucket" || suffix == "_gsum" || suffix == "_gcount";
    default: return false;
  }
}

}  // namespace davy::collector

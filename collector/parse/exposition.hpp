#pragma once

// What a parser of an exposition yields, whatever its format, and the limits it keeps.
//
// A parser reads one contiguous body once, checks every line, and hands each sample that the sink wants to
// the sink as views into the body. Views live until the sink's call returns. Either the whole body is good,
// or the result is an Error that names the line ("line 7: ...") with the cause "parse" or the limit that was
// exceeded; what the sink was given before that must then be thrown away.

#include "core/base/result.hpp"
#include "core/model/metric.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace davy::collector {

struct LabelView {
  std::string_view name;
  std::string_view value;  // escapes resolved
};

// A point in Unix time, to the nanosecond however far away; ordered.
struct ExposedTime {
  double whole_seconds = 0;  // towards zero
  int nanoseconds = 0;       // of the same sign
  double seconds() const { return whole_seconds + nanoseconds * 1e-9; }
  auto operator<=>(const ExposedTime&) const = default;
};

struct ExemplarView {
  std::span<const LabelView> labels;
  double value = 0;
  std::optional<ExposedTime> at;
};

struct SampleView {
  std::string_view name;
  std::span<const LabelView> labels;  // as written: not sorted, empty values kept
  std::string_view source;            // the bytes that name the series: name{...}
  MetricType type = MetricType::unknown;
  double value = 0;               // may be NaN or infinite
  std::optional<ExposedTime> at;  // exposed, which is rare
  const ExemplarView* exemplar = nullptr;
  bool native_histogram = false;  // carries no plain value: `value` means nothing
};

class SampleSink {
 public:
  virtual ~SampleSink() = default;
  // Whether samples of this name are of use; the others are checked, counted and dropped.
  virtual bool wants(std::string_view name) = 0;
  virtual void take(const SampleView& sample) = 0;
  // The labels' group has ended (OpenMetrics): all samples taken since the last call were created at that
  // time.
  virtual void group_created(std::optional<double> /*unix_seconds*/) {}
};

// Zero means no limit. Exceeding one fails the whole body: what is left out of a truncated scrape cannot be
// known.
struct ExpositionLimits {
  std::size_t samples = 0;
  std::size_t labels = 0;
  std::size_t label_name_bytes = 0;
  std::size_t label_value_bytes = 0;
};

struct ExpositionSummary {
  std::size_t samples = 0;      // all, wanted or not
  std::size_t timestamped = 0;  // of these, with a time of their own
  std::size_t lines = 0;
};

}  // namespace davy::collector

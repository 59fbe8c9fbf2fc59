#pragma once

// Turns a body into the samples of a TargetReading: those whose names somebody selects, each series once,
// without the ones that have no value (NaN, native histograms). One object serves one target for as long as
// it is scraped.

#include "collector/parse/series_cache.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy::collector {

enum class ExpositionFormat { text, openmetrics };

// The names of the samples that are of use; `all` where a selector does not say its name.
struct WantedNames {
  bool all = false;
  std::vector<std::string> names;
  bool contains(std::string_view name) const;
};

// A body, read. Only complete bodies become one.
struct ReadBody {
  std::vector<Sample> samples;
  ExpositionSummary summary;
  std::size_t duplicates = 0;
  std::optional<double> process_start_time;
};

class ReadingSink final : private SampleSink {
 public:
  ReadingSink(WantedNames wanted, Labels target_labels);

  Result<ReadBody> read(std::string_view body, ExpositionFormat format, const ExpositionLimits& limits);

 private:
  bool wants(std::string_view name) override;
  void take(const SampleView& sample) override;
  void group_created(std::optional<double> unix_seconds) override;

  WantedNames wanted_;
  SeriesCache cache_;
  ExpositionFormat format_ = ExpositionFormat::text;
  ReadBody body_;
  std::size_t group_start_ = 0;
  std::size_t samples_before_ = 0;  // how many the last body had, to have room at once
};

}  // namespace davy::collector

#pragma once

// A sink that wants everything and keeps it, with what it was given copied.

#include "collector/parse/exposition.hpp"

#include <string>
#include <utility>
#include <vector>

namespace davy::test {

struct CollectedExemplar {
  Labels labels;
  double value = 0;
  std::optional<collector::ExposedTime> at;
};

struct CollectedSample {
  std::string name;
  Labels labels;
  MetricType type = MetricType::unknown;
  double value = 0;
  std::optional<collector::ExposedTime> at;
  std::optional<CollectedExemplar> exemplar;
  bool native_histogram = false;
  std::optional<double> created;
};

class CollectingSink final : public collector::SampleSink {
 public:
  bool wants(std::string_view) override { return true; }

  void take(const collector::SampleView& view) override {
    CollectedSample sample{
        std::string(view.name), copy(view.labels), view.type, view.value, view.at, {}, false, {}};
    if (view.exemplar != nullptr) {
      sample.exemplar =
          CollectedExemplar{copy(view.exemplar->labels), view.exemplar->value, view.exemplar->at};
    }
    sample.native_histogram = view.native_histogram;
    samples.push_back(std::move(sample));
  }

  void group_created(std::optional<double> unix_seconds) override {
    for (; group_start_ < samples.size(); ++group_start_) samples[group_start_].created = unix_seconds;
  }

  std::vector<CollectedSample> samples;

 private:
  static Labels copy(std::span<const collector::LabelView> views) {
    std::vector<Labels::Pair> pairs;
    for (const collector::LabelView& view : views) pairs.emplace_back(view.name, view.value);
    return Labels(std::move(pairs));
  }

  std::size_t group_start_ = 0;
};

}  // namespace davy::test

#pragma once

// What somebody's /metrics exposes, by name: types, labels and their values, and of histograms how their
// events lie.

#include "core/model/metric.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config::draft {

struct SurveyedName {
  MetricType type = MetricType::unknown;
  std::size_t series = 0;
  double sum = 0;
  std::map<std::string, std::map<std::string, double>>
      labels;  // name -> value -> sum of the series that have it
};

class Survey {
 public:
  void add(const std::vector<Sample>& samples);

  bool has(std::string_view name) const { return names_.find(name) != names_.end(); }
  const SurveyedName* find(std::string_view name) const;
  const std::map<std::string, SurveyedName, std::less<>>& names() const { return names_; }

  // A quantile of all events of a histogram so far, as its bucket's upper bound, in the histogram's own unit;
  // nothing without events, or when it lies beyond the last bound.
  std::optional<double> quantile(const std::string& histogram, double q) const;

 private:
  std::map<std::string, SurveyedName, std::less<>> names_;
};

}  // namespace davy::config::draft

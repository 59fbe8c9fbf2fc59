#pragma once

// What OpenMetrics demands beyond the grammar of a line: the state of the family being read, and the names of
// all families before it. Every question is answered in time proportional to the line.

#include "collector/parse/byte_set.hpp"
#include "collector/parse/complaint.hpp"
#include "collector/parse/exposition.hpp"
#include "collector/parse/openmetrics_histogram.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::collector {

class OpenMetricsFamily {
 public:
  enum class Metadata { help, type, unit };

  // A line "# HELP name text", "# TYPE name text" or "# UNIT name text".
  Complaint metadata(Metadata kind, std::string_view name, std::string_view text);

  // Opens a family of unknown type when the sample does not belong to the current one, and says its type.
  Complaint open_for(std::string_view sample_name, MetricType& type);

  // What became of a sample that was good.
  struct Fate {
    bool new_group = false;   // it is the first of another label set than the sample before it
    bool repeated = false;    // same series and same explicit time as one before: to be dropped in silence
    bool is_created = false;  // the group's _created, not a measurement
  };
  Complaint check(const SampleView& sample, Fate& fate);

  // Whether a line of the current family may be a native histogram.
  bool may_be_native() const { return type_ == MetricType::histogram; }
  // A native histogram: it bears the family's own name and stands outside groups.
  Complaint check_native(std::string_view sample_name);

  // The end of the body, or of a family.
  Complaint finish();

 private:
  Complaint begin(std::string_view name);
  Complaint check_value(const SampleView& sample) const;
  Complaint check_labels(const SampleView& sample) const;
  Complaint check_group(const SampleView& sample, Fate& fate);
  bool is_repeated(const SampleView& sample);
  std::string_view special_label() const;  // the label that tells a group's series apart
  std::string_view suffix_of(const SampleView& sample) const { return sample.name.substr(name_.size()); }

  ByteSet names_;  // families and their suffixed forms, all that may not appear again

  bool is_open_ = false;
  std::string name_;
  std::optional<MetricType> type_;
  std::optional<std::string> unit_;
  bool has_help_ = false;
  bool has_samples_ = false;

  ByteSet groups_;     // of the current family
  std::string group_;  // the current one's labels, sorted, as bytes
  bool has_group_ = false;
  std::string key_;  // scratch for the next one's
  std::vector<LabelView> sorted_;
  std::optional<ExposedTime> group_time_;
  unsigned plain_series_ = 0;  // suffixes seen in the group at this time, as bits
  ByteSet special_series_;     // values of the special label seen in the group at this time
  OpenMetricsHistogram histogram_;
};

}  // namespace davy::collector

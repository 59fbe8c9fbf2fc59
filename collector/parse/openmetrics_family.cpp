#include "collector/parse/openmetrics_family.hpp"

#include "collector/parse/metric_types.hpp"
#include "collector/parse/number.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace davy::collector {
namespace {

// Cannot occur in UTF-8, so it separates whatever is in a label.
constexpr char separator = '\xff';

std::optional<std::string_view> value_of(const SampleView& sample, std::string_view name) {
  for (const LabelView& label : sample.labels) {
    if (label.name == name) return label.value;
  }
  return std::nullopt;
}

bool is_whole(double value) { return std::isfinite(value) && std::trunc(value) == value; }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Complaint OpenMetricsFamily::begin(std::string_view name) {
  if (const Complaint complaint = finish()) return complaint;
  is_open_ = true;
  name_ = name;
  type_.reset();
  unit_.reset();
  has_help_ = false;
  has_samples_ = false;
  has_group_ = false;
  groups_.clear();
  return {};
}

Complaint OpenMetricsFamily::metadata(Metadata kind, std::string_view name, std::string_view text) {
  if (is_open_ && name == name_ && has_samples_) return {"metadata behind the family's samples"};
  if (!is_open_ || name != name_) {
    if (const Complaint complaint = begin(name)) return complaint;
  }
  switch (kind) {
    case Metadata::help:
      if (has_help_) return {"more than one HELP for a family"};
      has_help_ = true;
      return {};
    case Metadata::type:
      if (type_) return {"more than one TYPE for a family"};
      type_ = openmetrics_type(text);
      return type_ ? Complaint{} : Complaint{"not a metric type"};
    case Metadata::unit:
      if (unit_) return {"more than one UNIT for a family"};
      unit_ = std::string(text);
      return {};
  }
  return {};
}

Complaint OpenMetricsFamily::open_for(std::string_view sample_name, MetricType& type) {
  bool belongs = false;
  if (is_open_ && sample_name.starts_with(name_)) {
    const std::string_view suffix = sample_name.substr(name_.size());
    for (const std::string_view known : openmetrics_suffixes(type_.value_or(MetricType::unknown))) {
      if (suffix == known) belongs = true;
    }
  }
  if (!belongs) {
    if (const Complaint complaint = begin(sample_name)) return complaint;
  }
  if (!type_) type_ = MetricType::unknown;
  type = *type_;
  return {};
}

Complaint OpenMetricsFamily::check_native(std::string_view sample_name) {
  if (!is_open_ || sample_name != name_) return {"a native histogram that is not named as its family"};
  has_samples_ = true;
  return {};
}

Complaint OpenMetricsFamily::check(const SampleView& sample, Fate& fate) {
  has_samples_ = true;
  fate.is_created = suffix_of(sample) == "_created";
  if (const Complaint complaint = check_labels(sample)) return complaint;
  if (const Complaint complaint = check_value(sample)) return complaint;
  if (sample.exemplar != nullptr) {
    const bool allowed =
        suffix_of(sample) == "_bucket" || (*type_ == MetricType::counter && suffix_of(sample) == "_total");
    if (!allowed) return {"only a bucket or a counter's total may have an exemplar"};
  }
  return check_group(sample, fate);
}

Complaint OpenMetricsFamily::check_labels(const SampleView& sample) const {
  const std::string_view suffix = suffix_of(sample);
  if (*type_ == MetricType::state_set && !value_of(sample, name_)) {
    return {"a stateset's sample lacks the label named as the family"};
  }
  if (suffix == "_bucket") {
    const auto le = value_of(sample, "le");
    const auto bound = le ? parse_number(*le, Overflow::refuse) : std::nullopt;
    if (!bound || std::isnan(*bound)) return {"le is missing or not a number"};
    if (std::isinf(*bound) && *bound > 0 && *le != "+Inf") return {"le is not in its canonical form +Inf"};
  }
  if (*type_ == MetricType::summary && suffix.empty()) {
    const auto quantile = value_of(sample, "quantile");
    const auto share = quantile ? parse_number(*quantile, Overflow::refuse) : std::nullopt;
    if (!share || !(*share >= 0 && *share <= 1)) return {"quantile is missing or not between 0 and 1"};
  }
  return {};
}

Complaint OpenMetricsFamily::check_value(const SampleView& sample) const {
  const std::string_view suffix = suffix_of(sample);
  const double value = sample.value;
  switch (*type_) {
    case MetricType::state_set:
      if (value != 0 && value != 1) return {"a state is neither 0 nor 1"};
      return {};
    case MetricType::info:
      if (value != 1) return {"an info's value is not 1"};
      return {};
    case MetricType::summary:
      if (suffix.empty() && value < 0) return {"a quantile's value is negative"};
      break;
    default: break;
  }
  if (is_one_of(suffix, {"_bucket", "_count", "_gcount"}) && !is_whole(value))
    return {"a count is not a whole number"};
  if (is_one_of(suffix, {"_total", "_sum", "_gsum"}) && std::isnan(value)) return {"a counter is NaN"};
  if (is_one_of(suffix, {"_total", "_sum", "_count", "_bucket", "_gcount"}) && value < 0) {
    return {"a counter is negative"};
  }
  return {};
}

std::string_view OpenMetricsFamily::special_label() const {
  switch (*type_) {
    case MetricType::summary: return "quantile";
    case MetricType::state_set: return name_;
    case MetricType::histogram:
    case MetricType::gauge_histogram: return "le";
    default: return {};
  }
}

Complaint OpenMetricsFamily::check_group(const SampleView& sample, Fate& fate) {
  const bool is_info = *type_ == MetricType::info;  // all of a family's infos are one group
  const std::string_view suffix = suffix_of(sample);
  const bool has_special = suffix.empty() || suffix == "_bucket";
  const std::string_view special = has_special ? special_label() : std::string_view();
  sorted_.assign(sample.labels.begin(), sample.labels.end());
  std::sort(sorted_.begin(), sorted_.end(),
            [](const LabelView& a, const LabelView& b) { return a.name < b.name; });
  key_.clear();
  for (const LabelView& label : sorted_) {
    if (label.name == special) continue;
    key_ += label.name;
    key_ += separator;
    key_ += label.value;
    key_ += separator;
  }
  const bool is_histogram = *type_ == MetricType::histogram || *type_ == MetricType::gauge_histogram;
  const bool same_group = has_group_ && (is_info || key_ == group_);
  if (same_group) {
    if (sample.at.has_value() != group_time_.has_value())
      return {"only some of a group's samples have a timestamp"};
    if (sample.at && *sample.at < *group_time_ && !is_info) return {"a group's timestamps go backwards"};
  } else {
    if (!is_info && !groups_.insert(key_)) return {"a label set's samples are not together"};
    fate.new_group = true;
  }
  if (!same_group || sample.at != group_time_) {
    if (is_histogram && has_group_) {
      if (const Complaint complaint = histogram_.finish()) return complaint;
    }
    histogram_.begin();
    plain_series_ = 0;
    special_series_.clear();
  }
  std::swap(group_, key_);
  has_group_ = true;
  group_time_ = sample.at;
  if (is_repeated(sample)) {
    fate.repeated = true;
    return sample.at ? Complaint{} : Complaint{"a series is given more than once"};
  }
  if (!is_histogram) return {};
  if (suffix == "_bucket") {
    return histogram_.bucket(parse_number(*value_of(sample, "le"), Overflow::refuse).value_or(0),
                             sample.value);
  }
  if (suffix == "_count" || suffix == "_gcount") histogram_.count(sample.value);
  if (suffix == "_sum" || suffix == "_gsum") histogram_.sum(sample.value, suffix == "_gsum");
  return {};
}

// Within a group and a time a series is told by its suffix, and by the special label where it has one.
bool OpenMetricsFamily::is_repeated(const SampleView& sample) {
  const std::string_view suffix = suffix_of(sample);
  if (*type_ == MetricType::info) return !special_series_.insert(group_);  // which are its labels
  const std::string_view special = special_label();
  if (!special.empty() && (suffix.empty() || suffix == "_bucket")) {
    return !special_series_.insert(value_of(sample, special).value_or(""));
  }
  unsigned bit = 1;
  for (const std::string_view known : openmetrics_suffixes(*type_)) {
    if (suffix == known) break;
    bit <<= 1U;
  }
  const bool seen = (plain_series_ & bit) != 0;
  plain_series_ |= bit;
  return seen;
}

Complaint OpenMetricsFamily::finish() {
  if (!is_open_) return {};
  is_open_ = false;
  const MetricType type = type_.value_or(MetricType::unknown);
  key_ = name_;
  bool clashes = !names_.insert(key_);
  for (const std::string_view suffix : openmetrics_suffixes(type)) {
    if (suffix.empty()) continue;
    key_.resize(name_.size());
    key_ += suffix;
    clashes = !names_.insert(key_) || clashes;
  }
  if (clashes) return {"the family before this line clashes with another one's names"};
  if (unit_ && !unit_->empty()) {
    const bool fits = name_.size() > unit_->size() + 1 && name_.ends_with(*unit_) &&
                      name_[name_.size() - unit_->size() - 1] == '_';
    if (!fits) return {"the unit is not the end of the family's name before this line"};
    if (type == MetricType::info || type == MetricType::state_set) {
      return {"a unit on a family that cannot have one before this line"};
    }
  }
  const bool is_histogram = type == MetricType::histogram || type == MetricType::gauge_histogram;
  return is_histogram && has_group_ ? histogram_.finish() : Complaint{};
}

}  // namespace davy::collector

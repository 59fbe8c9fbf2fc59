#include "config/draft/survey.hpp"

#include <charconv>
#include <cmath>

namespace davy::config::draft {
namespace {

// Of a label with more values than that nobody wants to see all.
constexpr std::size_t values_max = 200;

}  // namespace

void Survey::add(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) {
    SurveyedName& name = names_[sample.series->name];
    name.type = sample.series->type;
    ++name.series;
    if (std::isfinite(sample.value)) name.sum += sample.value;
    for (const auto& [label, value] : sample.series->labels) {
      auto& values = name.labels[label];
      if (values.size() < values_max || values.contains(value))
        values[value] += std::isfinite(sample.value) ? sample.value : 0;
    }
  }
}

const SurveyedName* Survey::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

std::optional<double> Survey::quantile(const std::string& histogram, double q) const {
  const SurveyedName* buckets = find(histogram + "_bucket");
  if (buckets == nullptr || !buckets->labels.contains("le")) return std::nullopt;
  std::map<double, double> cumulative;
  for (const auto& [le, count] : buckets->labels.at("le")) {
    double bound = 0;
    const auto [end, problem] = std::from_chars(le.data(), le.data() + le.size(), bound);
    if (le == "+Inf")
      bound = HUGE_VAL;
    else if (problem != std::errc() || end != le.data() + le.size())
      continue;
    cumulative[bound] += count;
  }
  if (cumulative.empty() || !std::isinf(cumulative.rbegin()->first) || cumulative.rbegin()->second <= 0)
    return std::nullopt;
  const double wanted = q * cumulative.rbegin()->second;
  for (const auto& [bound, count] : cumulative)
    if (count >= wanted) return std::isinf(bound) ? std::nullopt : std::optional(bound);
  return std::nullopt;
}

}  // namespace davy::config::draft

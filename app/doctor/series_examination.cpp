#include "app/doctor/series_examination.hpp"

#include "app/doctor/target_examination.hpp"
#include "collector/store/compiled_selector.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace davy::app::doctor {
namespace {

constexpr std::size_t name_bytes_max = 120;

std::string name_text(const std::string& name) { return printable(name, name_bytes_max); }

std::string matcher_text(const LabelMatcher& matcher) {
  const std::string text = to_text(Selector{"", {matcher}});
  return printable(text.substr(1, text.size() - 2), name_bytes_max);  // without the braces
}

std::vector<const Series*> named(const std::string& metric, const std::vector<const Series*>& series) {
  std::vector<const Series*> found;
  for (const Series* one : series)
    if (metric.empty() || one->name == metric) found.push_back(one);
  return found;
}

std::string without_bucket(std::string_view name) {
  if (name.ends_with("_bucket")) name.remove_suffix(std::string_view("_bucket").size());
  return std::string(name);
}

// The name that a person most likely meant; of a histogram, among the histograms.
std::string nearest_name(const Selected& selected, const std::vector<const Series*>& series) {
  std::set<std::string> names;
  for (const Series* one : series) {
    if (!selected.is_histogram)
      names.insert(one->name);
    else if (one->name.ends_with("_bucket"))
      names.insert(without_bucket(one->name));
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string wanted =
      selected.is_histogram ? without_bucket(selected.selector.metric) : selected.selector.metric;
  return std::string(nearest(wanted, candidates).value_or(""));
}

std::vector<std::string> values_of(const std::string& label, const std::vector<const Series*>& series) {
  std::set<std::string> values;
  for (const Series* one : series)
    if (const auto value = one->labels.get(label)) values.insert(std::string(*value));
  std::vector<std::string> shown;
  for (const std::string& value : values) shown.push_back(quoted(printable(value, 60)));
  return shown;
}

std::vector<std::string> labels_of(const std::vector<const Series*>& series) {
  std::set<std::string> names;
  for (const Series* one : series)
    for (const auto& [name, value] : one->labels) names.insert(name);
  return {names.begin(), names.end()};
}

Diagnosis name_absent(const Check& check, Side side, const Selected& selected,
                      const std::vector<const Series*>& series) {
  const std::string& metric = selected.selector.metric;
  const std::string family = without_bucket(metric);
  const bool without_buckets =
      selected.is_histogram && (!named(family, series).empty() || !named(family + "_count", series).empty());
  if (without_buckets)
    return {Level::failure, check.name,
            fmt::format("{} has no buckets on the {}: a quantile takes a classic histogram",
                        name_text(family), to_text(side)),
            "expose it as a histogram with buckets, or check another metric"};
  const std::string meant = nearest_name(selected, series);
  std::string text = fmt::format("{} is not exposed by the {}",
                                 name_text(selected.is_histogram ? family : metric), to_text(side));
  if (!meant.empty()) return {Level::failure, check.name, text, fmt::format("nearest: {}", name_text(meant))};
  if (selected.may_be_absent)
    return {Level::warning, check.name,
            text + ", which may be because no error has been counted yet: it then counts from zero",
            "look at the name once more"};
  return {Level::failure, check.name, text, "look for its name in what the target exposes"};
}

// The name is there, and no series of it matches: which matcher that is.
Diagnosis matchers_match_nothing(const Check& check, Side side, const Selected& selected,
                                 const std::vector<const Series*>& of_name) {
  const Selector& selector = selected.selector;
  const Level level = selected.may_be_absent ? Level::warning : Level::failure;
  for (const LabelMatcher& matcher : selector.matchers) {
    if (!matching(Selector{selector.metric, {matcher}}, of_name).empty()) continue;
    const auto values = values_of(matcher.label, of_name);
    if (values.empty()) {
      return {Level::failure, check.name,
              fmt::format("{} of the {} has no label {}", name_text(selector.metric), to_text(side),
                          name_text(matcher.label)),
              fmt::format("its labels are {}", some_of(labels_of(of_name), 10))};
    }
    std::string text = fmt::format("no series of {} on the {} has {}", name_text(selector.metric),
                                   to_text(side), matcher_text(matcher));
    if (selected.may_be_absent) text += " now; errors count from zero once there are any";
    return {level, check.name, std::move(text),
            fmt::format("{} is {}", name_text(matcher.label), some_of(values, 8))};
  }
  return {level, check.name,
          fmt::format("no series of the {} matches all of {}", to_text(side), name_text(to_text(selector))),
          "each matcher alone matches some"};
}

}  // namespace

std::vector<Selected> selectors_of(const Check& check) {
  switch (check.kind) {
    case CheckKind::ratio: return {{check.errors, true, false}, {check.total, false, false}};
    case CheckKind::latency: {
      Selected buckets{check.histogram, false, true};
      buckets.selector.metric += "_bucket";
      return {buckets};
    }
    case CheckKind::gauge: return {{check.gauge, false, false}};
    case CheckKind::restarts:
    case CheckKind::promql: return {};
  }
  return {};
}

std::vector<const Series*> matching(const Selector& selector, const std::vector<const Series*>& series) {
  std::vector<const Series*> found;
  const auto compiled = collector::CompiledSelector::compile(selector);
  if (!compiled) return found;
  for (const Series* one : series)
    if (compiled->matches(*one)) found.push_back(one);
  return found;
}

std::vector<const Series*> series_of(const Batch& batch, Side side, const SideSpec& spec) {
  std::vector<const Series*> series;
  for (const TargetReading& reading : batch.readings) {
    if (!speaks_for(reading, side) || reading.problem) continue;
    for (const Sample& sample : reading.samples) series.push_back(sample.series.get());
  }
  return spec.where ? matching(*spec.where, series) : series;
}

Diagnoses examine_series(const Check& check, Side side, const SideSpec& spec,
                         const std::vector<const Series*>& everything) {
  Diagnoses found;
  const std::vector<const Series*> series = spec.where ? matching(*spec.where, everything) : everything;
  std::vector<std::string> seen;
  for (const Selected& selected : selectors_of(check)) {
    const std::size_t count = matching(selected.selector, series).size();
    if (count > 0) {
      seen.push_back(fmt::format("{} of {}", count, name_text(to_text(selected.selector))));
      continue;
    }
    const auto of_name = named(selected.selector.metric, series);
    if (!of_name.empty()) {
      found.push_back(matchers_match_nothing(check, side, selected, of_name));
    } else if (const auto elsewhere = named(selected.selector.metric, everything); !elsewhere.empty()) {
      found.push_back(
          {Level::failure, check.name,
           fmt::format("{} is exposed, and none of it belongs to the {}, whose where is {}",
                       name_text(selected.selector.metric), to_text(side), name_text(to_text(*spec.where))),
           fmt::format("its labels are {}", some_of(labels_of(elsewhere), 10))});
    } else {
      found.push_back(name_absent(check, side, selected, series));
    }
  }
  if (found.empty() && !seen.empty())
    found.push_back({Level::ok, check.name,
                     fmt::format("the {} exposes {} series", to_text(side), join_spoken(seen)), ""});
  return found;
}

Diagnoses examine_members(const std::vector<Check>& checks, Side side, const SideSpec& spec,
                          const std::vector<const Series*>& series) {
  Diagnoses found;
  if (spec.members.empty()) return found;
  const std::string subject(to_text(side));
  std::set<std::string> members;
  for (const Check& check : checks) {
    for (const Selected& selected : selectors_of(check)) {
      const auto matched = matching(selected.selector, series);
      if (matched.empty()) continue;
      std::size_t without = 0;
      for (const Series* one : matched) {
        const auto value = one->labels.get(spec.members);
        if (value && !value->empty())
          members.insert(std::string(*value));
        else
          ++without;
      }
      if (without == 0) continue;
      found.push_back(
          {Level::failure, subject,
           fmt::format("{} of {} series of {} have no label {}, which members names", without, matched.size(),
                       name_text(to_text(selected.selector)), name_text(spec.members)),
           fmt::format("the labels are {}", some_of(labels_of(matched), 10))});
    }
  }
  if (found.empty() && !members.empty())
    found.push_back(
        {Level::ok, subject,
         fmt::format("{} by the label {}: {}", counted(static_cast<double>(members.size()), "member"),
                     name_text(spec.members), some_of({members.begin(), members.end()})),
         ""});
  return found;
}

}  // namespace davy::app::doctor

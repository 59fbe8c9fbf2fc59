#include "config/draft/recognise.hpp"

#include "core/base/text.hpp"
#include "core/model/labels.hpp"
#include "core/model/selector.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace davy::config::draft {
namespace {

constexpr std::array<std::string_view, 11> status_labels{"code",
                                                         "status",
                                                         "status_code",
                                                         "http_status",
                                                         "http_status_code",
                                                         "response_code",
                                                         "http_response_status_code",
                                                         "statuscode",
                                                         "http_code",
                                                         "status_class",
                                                         "code_class"};

// A program's own house-keeping is not its service.
constexpr std::array<std::string_view, 21> not_the_service{
    "client",  "promhttp", "metric_handler", "scrape", "gc_",    "_gc",       "audit",
    "webhook", "sd_",      "notification",   "alert",  "plugin", "workqueue", "reflector",
    "storage", "raft",     "sched",          "snap",   "sync",   "etcd",      "bcachefs"};

// What users ask for.
constexpr std::array<std::string_view, 9> service_words{"http",  "request", "response", "rpc",      "server",
                                                        "query", "quer",    "command",  "operation"};

constexpr std::array<std::string_view, 4> timed_words{"second", "latency", "duration", "_ms"};

std::string_view metric_of(std::string_view selector) { return selector.substr(0, selector.find('{')); }

bool is_exposed(const PresetCheck& check, const Survey& survey) {
  const std::string metric(metric_of(check.metric));
  return survey.has(check.kind == CheckKind::latency ? metric + "_bucket" : metric);
}

// How server errors read in the label that tells them: code=~"5..".
std::optional<LabelMatcher> status_of(const SurveyedName& name) {
  for (const std::string_view label : status_labels) {
    const auto values = name.labels.find(std::string(label));
    if (values == name.labels.end()) continue;
    std::size_t codes = 0, classes = 0;
    for (const auto& [value, sum] : values->second) {
      const bool first = value.size() == 3 && value[0] >= '1' && value[0] <= '5';
      if (first && value.find_first_not_of("0123456789") == std::string::npos) ++codes;
      if (first && value.ends_with("xx")) ++classes;
    }
    if (codes > 0) return LabelMatcher{std::string(label), MatchKind::regex, "5.."};
    if (classes > 0) return LabelMatcher{std::string(label), MatchKind::equal, "5xx"};
  }
  return std::nullopt;
}

bool is_house_keeping(std::string_view name) {
  return std::any_of(not_the_service.begin(), not_the_service.end(),
                     [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

bool counts(const SurveyedName& name, std::string_view text) {
  if (name.type == MetricType::counter) return true;
  const bool histogram = name.type == MetricType::histogram || name.type == MetricType::summary;
  return (histogram && text.ends_with("_count")) ||
         (name.type == MetricType::unknown && (text.ends_with("_total") || text.ends_with("_count")));
}

// How much a name sounds like what its users ask of a server.
int score(std::string_view name) {
  int points = 0;
  for (const std::string_view word : service_words)
    if (name.find(word) != std::string_view::npos) points += 2;
  if (name.find("_server_") != std::string_view::npos || name.starts_with("http_")) points += 2;
  if (is_house_keeping(name)) points -= 10;
  return points;
}

std::optional<FoundCheck> errors_by_shape(const Survey& survey) {
  std::optional<FoundCheck> best;
  std::pair<int, double> most{0, 0};
  for (const auto& [text, name] : survey.names()) {
    if (!counts(name, text)) continue;
    const auto status = status_of(name);
    const std::pair<int, double> points{score(text), name.sum};
    if (!status || points <= most) continue;
    most = points;
    best = FoundCheck{"errors", CheckKind::ratio, to_text(Selector{text, {*status}}),
                      to_text(Selector{text, {}}), ""};
  }
  return best;
}

// requests_failed_total beside requests_total, errors_total beside ..._total.
std::optional<FoundCheck> errors_by_pair(const Survey& survey) {
  std::optional<FoundCheck> best;
  double most = -1;
  for (const auto& [text, name] : survey.names()) {
    if (name.type != MetricType::counter || is_house_keeping(text)) continue;
    for (const std::string_view word : {"_fail", "_failed", "_failures", "_errors", "_error"}) {
      const std::size_t at = text.find(word);
      if (at == std::string::npos) continue;
      const std::string total = std::string(text).replace(at, word.size(), "");
      const SurveyedName* all = survey.find(total);
      if (all == nullptr || all->type != MetricType::counter || all->sum <= most || score(total) < 2)
        continue;
      most = all->sum;
      best = FoundCheck{"errors", CheckKind::ratio, to_text(Selector{text, {}}), to_text(Selector{total, {}}),
                        ""};
    }
  }
  return best;
}

// A histogram without its last bucket is never judged.
bool has_whole_buckets(const Survey& survey, const std::string& histogram) {
  const SurveyedName* buckets = survey.find(histogram + "_bucket");
  if (buckets == nullptr) return false;
  const auto bounds = buckets->labels.find("le");
  return bounds != buckets->labels.end() && bounds->second.contains("+Inf");
}

// The histogram whose own count tells the errors, before any other.
std::optional<FoundCheck> latency_of_errors(const Survey& survey, const Recognised& found) {
  for (const FoundCheck& check : found.checks) {
    if (check.kind != CheckKind::ratio || !check.total.ends_with("_count")) continue;
    const std::string histogram = check.total.substr(0, check.total.size() - 6);
    if (has_whole_buckets(survey, histogram))
      return FoundCheck{"latency", CheckKind::latency, histogram, "", ""};
  }
  return std::nullopt;
}

std::optional<FoundCheck> latency_by_shape(const Survey& survey) {
  std::optional<FoundCheck> best;
  std::pair<int, double> most{0, 0};
  for (const auto& [text, name] : survey.names()) {
    if (!text.ends_with("_bucket") || name.type != MetricType::histogram) continue;
    const std::string histogram = text.substr(0, text.size() - 7);
    if (!has_whole_buckets(survey, histogram)) continue;
    const bool timed = std::any_of(timed_words.begin(), timed_words.end(), [&](std::string_view word) {
      return histogram.find(word) != std::string::npos;
    });
    int points = score(histogram);
    const SurveyedName* count = survey.find(histogram + "_count");
    const std::pair<int, double> worth{points, count == nullptr ? 0 : count->sum};
    if (!timed || points < 2 || worth <= most) continue;
    most = worth;
    best = FoundCheck{"latency", CheckKind::latency, to_text(Selector{histogram, {}}), "", ""};
  }
  return best;
}

void take_preset(const Preset& preset, const Survey& survey, Recognised& found) {
  found.preset = &preset;
  for (const PresetCheck& check : preset.checks) {
    const bool known = std::any_of(found.checks.begin(), found.checks.end(),
                                   [&](const FoundCheck& one) { return one.name == check.name; });
    if (known || !is_exposed(check, survey)) continue;
    found.checks.push_back({std::string(check.name), check.kind, std::string(check.metric),
                            std::string(check.total), std::string(check.unit)});
  }
}

bool is_there(const Preset& preset, const Survey& survey) {
  for (const std::string_view name : split(preset.evidence, ' '))
    if (!name.empty() && survey.has(name)) return true;
  return false;
}

bool has(const Recognised& found, std::string_view check) {
  return std::any_of(found.checks.begin(), found.checks.end(),
                     [&](const FoundCheck& one) { return one.name == check; });
}

}  // namespace

Recognised recognise(const Survey& survey, const Preset* wanted) {
  Recognised found;
  for (const Runtime& runtime : runtimes())
    if (found.runtime.empty() && survey.has(runtime.evidence)) found.runtime = runtime.title;
  for (const Preset& preset : presets()) {
    if (wanted != nullptr ? &preset != wanted : !is_there(preset, survey)) continue;
    take_preset(preset, survey, found);
    break;
  }
  for (const Exporter& exporter : exporters()) {
    if (wanted != nullptr || found.preset != nullptr || !survey.has(exporter.evidence)) continue;
    found.exporter = &exporter;
    return found;
  }
  if (wanted == nullptr) {
    const auto add = [&](std::optional<FoundCheck> check) {
      if (!check || has(found, check->name)) return;
      found.by_shape = true;
      found.checks.push_back(std::move(*check));
    };
    if (found.preset == nullptr) add(errors_by_shape(survey));
    if (found.preset == nullptr) add(errors_by_pair(survey));
    if (found.preset == nullptr) add(latency_of_errors(survey, found));
    if (found.preset == nullptr) add(latency_by_shape(survey));
  }
  for (const char* gauge :
       {"process_resident_memory_bytes", "jvm_memory_used_bytes", "process_working_set_bytes"})
    if (!has(found, "memory") && survey.has(gauge))
      found.checks.push_back({"memory", CheckKind::gauge, gauge, "", ""});
  return found;
}

}  // namespace davy::config::draft

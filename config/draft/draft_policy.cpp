#include "config/draft/draft_policy.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "core/model/selector.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <re2/re2.h>

namespace davy::config::draft {
namespace {

constexpr std::size_t names_shown = 8;

std::string yaml_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string yaml_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) out += (out.size() > 1 ? ", " : "") + yaml_quoted(item);
  return out + "]";
}

std::string metric_of(const std::string& selector) {
  SelectorProblem ignored;
  const auto read = parse_selector(selector, ignored);
  return read ? read->metric : selector;
}

// The share of errors since the processes were started, where one label tells.
std::optional<double> share_so_far(const FoundCheck& check, const Survey& survey) {
  SelectorProblem ignored;
  const auto errors = parse_selector(check.metric, ignored);
  if (!errors) return std::nullopt;
  const SurveyedName* name = survey.find(errors->metric);
  const auto total = parse_selector(check.total, ignored);
  const SurveyedName* all = total ? survey.find(total->metric) : nullptr;
  if (name == nullptr || all == nullptr || all->sum <= 0) return std::nullopt;
  if (errors->matchers.empty()) return std::min(1.0, name->sum / all->sum);
  const LabelMatcher& matcher = errors->matchers.back();
  const auto values = name->labels.find(matcher.label);
  if (values == name->labels.end()) return std::nullopt;
  double bad = 0;
  for (const auto& [value, sum] : values->second) {
    const bool is =
        matcher.kind == MatchKind::regex ? re2::RE2::FullMatch(value, matcher.value) : value == matcher.value;
    if (is) bad += sum;
  }
  return std::min(1.0, bad / all->sum);
}

// 1, 2 or 5 times a power of ten, at or above.
double round_up(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0})
    if (value <= step * power * (1 + 1e-9)) return step * power;
  return 10 * power;
}

double units_per_second(const FoundCheck& check) {
  const auto ends = [&](std::string_view word) {
    const std::string name = metric_of(check.metric);
    return check.unit == word || name.ends_with("_" + std::string(word));
  };
  if (ends("milliseconds") || ends("ms")) return 1e3;
  if (ends("microseconds") || ends("us")) return 1e6;
  return ends("nanoseconds") || ends("ns") ? 1e9 : 1;
}

struct Writer {
  const DraftInput& input;
  const Recognised& found;
  Draft draft;
  bool compared = false;  // there is a baseline

  void line(std::string_view text) { draft.text.append(text).append("\n"); }
  void remark(std::string text) { draft.remarks.push_back(std::move(text)); }

  // Both versions in one target: which value is whose.
  void sides_by_label(const std::string& label, const std::map<std::string, double>& values) {
    std::string canary = values.rbegin()->first;
    for (const auto& [value, sum] : values)
      if (to_lower(value).find("canary") != std::string::npos) canary = value;
    std::vector<std::string> shown;
    for (const auto& [value, sum] : values)
      if (shown.size() < names_shown) shown.push_back(printable(value, 60));
    const bool guessed = to_lower(canary).find("canary") == std::string::npos;
    line(fmt::format("# One target shows both versions; {} tells them apart: {}{}", label, join(shown, ", "),
                     values.size() > shown.size() ? " ..." : ""));
    if (guessed)
      remark(
          fmt::format("{}={} is only a guess at the canary: put the right one into where:", label, canary));
    const std::string members =
        found.preset->members.empty() ? "" : fmt::format("\n  members: {}", found.preset->members);
    line(fmt::format("canary:\n  targets: {}\n  where: {}{}", yaml_list(input.canary),
                     yaml_quoted(fmt::format("{{{}={}}}", label, quoted(canary))), members));
    line(fmt::format("baseline:\n  targets: {}\n  where: {}{}", yaml_list(input.canary),
                     yaml_quoted(fmt::format("{{{}!={}}}", label, quoted(canary))), members));
    compared = true;
  }

  const std::map<std::string, double>* side_values() const {
    if (found.preset == nullptr || found.preset->side_label.empty() || found.checks.empty()) return nullptr;
    const SurveyedName* name = input.survey.find(metric_of(found.checks.front().metric));
    if (name == nullptr) return nullptr;
    const auto values = name->labels.find(std::string(found.preset->side_label));
    return values != name->labels.end() && values->second.size() > 1 ? &values->second : nullptr;
  }

  void sides() {
    if (!input.baseline.empty()) {
      line(fmt::format("canary: {{targets: {}}}", yaml_list(input.canary)));
      line(fmt::format("baseline: {{targets: {}}}", yaml_list(input.baseline)));
      compared = true;
      if (input.baseline.size() == 1)
        remark(
            "one instance of the baseline shows little of how much instances differ; name more of them where "
            "there are more");
      return;
    }
    if (const auto* values = side_values())
      return sides_by_label(std::string(found.preset->side_label), *values);
    line(fmt::format("canary: {{targets: {}}}", yaml_list(input.canary)));
    line(
        "# baseline: {targets: [\"http://OLD-VERSION:9090/metrics\"]}   # then max_increase: can be written, "
        "and outages told apart");
    remark(
        "without a baseline only absolute limits are held, and an outage of something else looks like the "
        "canary's fault; "
        "name the old version's instances: davy init --canary URL --baseline URL");
  }

  void errors(const FoundCheck& check) {
    const auto share = share_so_far(check, input.survey);
    const double max = share && *share > 0.02 ? std::min(0.9, round_up(2.5 * *share)) : 0.05;
    line(fmt::format("  - name: {}{}", check.name,
                     share ? fmt::format("   # {} of all so far", to_percent(*share)) : ""));
    line(fmt::format("    ratio:\n      errors: {}\n      total: {}", yaml_quoted(check.metric),
                     yaml_quoted(check.total)));
    line(fmt::format("    max: {}", to_percent(max)));
    if (!compared) return;
    line("    max_increase: 100%             # at most twice the baseline's");
    line("    ignore_increase_below: 0.5pp");
  }

  void latency(const FoundCheck& check) {
    const auto p99 = input.survey.quantile(metric_of(check.metric), 0.99);
    const double unit = units_per_second(check);
    line(fmt::format("  - name: {}{}", check.name,
                     p99 ? fmt::format("   # p99 so far: at most {}", to_latency(*p99 / unit)) : ""));
    line(fmt::format("    latency:\n      histogram: {}\n      quantile: p99", yaml_quoted(check.metric)));
    if (!check.unit.empty()) line(fmt::format("      unit: {}", check.unit));
    if (p99) line(fmt::format("    max: {}", davy::to_text(from_seconds(round_up(2 * *p99 / unit)))));
    if (!p99 && !compared) line("    max: 1s   # a guess: there has been no request yet");
    if (compared) line("    max_increase: 50%");
  }

  void memory(const FoundCheck& check) {
    if (!compared) return;
    line(fmt::format(
        "  - name: {}\n    gauge: {}\n    max_increase: 30%\n    severity: P2                   # "
        "holds, and does not roll back",
        check.name, yaml_quoted(check.metric)));
  }

  bool is_written(const FoundCheck& check) const { return check.kind != CheckKind::gauge || compared; }

  void checks() {
    std::vector<const FoundCheck*> worth;
    for (const FoundCheck& check : found.checks)
      if (is_written(check)) worth.push_back(&check);
    draft.usable = !worth.empty();
    line("checks:");
    for (const FoundCheck* check : worth) {
      if (check->kind == CheckKind::ratio) errors(*check);
      if (check->kind == CheckKind::latency) latency(*check);
      if (check->kind == CheckKind::gauge) memory(*check);
    }
  }

  bool has(CheckKind kind) const {
    return std::any_of(found.checks.begin(), found.checks.end(),
                       [&](const FoundCheck& check) { return check.kind == kind; });
  }

  void say_what_is_missing() {
    if (!has(CheckKind::ratio))
      remark(
          "no requests counted by status were found, so nothing says how many fail; write a ratio: check by "
          "hand");
    if (!has(CheckKind::latency))
      remark(
          "no histogram of request durations was found; a summary's quantiles cannot be added up over "
          "instances");
    if (found.by_shape)
      remark("it is no system that is known by name; what looks like its requests was taken");
    if (found.preset != nullptr && !found.preset->note.empty()) remark(std::string(found.preset->note));
  }

  void write() {
    line(fmt::format(
        "# A first draft by davy init{}: look at every line, and then: davy check, davy doctor, davy gate.",
        found.preset ? fmt::format(", from {}", found.preset->title) : ""));
    line("# yaml-language-server: $schema=davy.schema.json");
    line(fmt::format("version: davy/v1\nservice: {}", yaml_quoted(input.service)));
    line("mode: observe                      # judges and reports; enforce acts\n");
    sides();
    line("\nwindow: 10m                        # judged this long after a deploy, or until it is sure");
    line("warmup: 30s\n");
    checks();
    say_what_is_missing();
    line(
        "\n# What enforce does: one of\n# rollback:\n#   - kubernetes: {deployment: NAMESPACE/NAME, undo: "
        "last_good}\n"
        "#   - http: {url: https://DEPLOYS/rollback}");
    for (std::string& remark : draft.remarks) remark = printable(remark, 500);
  }
};

}  // namespace

Draft draft_policy(const DraftInput& input, const Recognised& found) {
  Writer writer{input, found, {}};
  writer.write();
  return std::move(writer.draft);
}

}  // namespace davy::config::draft

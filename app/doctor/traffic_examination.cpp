#include "app/doctor/traffic_examination.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "core/model/target.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace davy::app::doctor {
namespace {

// Requests a second over the judged ticks, where a member could be counted.
std::optional<double> rate_of(const Window& window, Side side) {
  std::optional<double> total;
  double length_s = 0;
  for (const Tick& tick : window.ticks) {
    if (!tick.judged) continue;
    length_s += seconds(tick.length);
    for (const MemberTick& member : side == Side::canary ? tick.canary : tick.baseline)
      if (member.present) total = total.value_or(0) + member.total;
  }
  if (!total || !(length_s > 0)) return std::nullopt;
  return *total / length_s;
}

std::string rate_text(const char* name, const std::optional<double>& rate) {
  return rate ? fmt::format("{} {} requests/s", name, to_plain(*rate))
              : fmt::format("{} not countable", name);
}

bool is_counted(const Check& check) {
  return check.kind == CheckKind::ratio || check.kind == CheckKind::latency;
}

// "errors: canary ..." begins with the subject once more.
std::string without_name(const Check& check, const std::string& sentence) {
  const auto colon = sentence.find(": ");
  return colon != std::string::npos && sentence.substr(0, colon).find(check.name) != std::string::npos
             ? sentence.substr(colon + 2)
             : sentence;
}

std::string values_text(const Check& check, const Finding& finding) {
  const auto value_of = [&](const SideValue& side) {
    return side.value ? to_text(*side.value, check.unit) : std::string("nothing");
  };
  std::string text = check.kind == CheckKind::ratio ? "errors now: canary " : "now: canary ";
  text += value_of(finding.canary);
  if (finding.baseline.value) text += ", baseline " + value_of(finding.baseline);
  if (finding.limit) text += ", limit " + to_text(*finding.limit, check.unit);
  return text;
}

// How many requests of the canary it takes, and how long these take.
std::string needed_text(const Finding& finding, double canary_rate) {
  if (!finding.requests_needed) return "";
  if (!std::isfinite(*finding.requests_needed))
    return "; too close to its limit to be sure that it is inside";
  const double wait_s = std::max(1.0, std::ceil(*finding.requests_needed / canary_rate));
  return fmt::format("; about {} of the canary are needed to be sure, in {} at this rate",
                     counted(std::ceil(*finding.requests_needed), "request"),
                     to_spoken(from_seconds(wait_s)));
}

// How much the window must bring, and brings.
std::optional<Diagnosis> window_too_short(const Check& check, const Window& window, double canary_rate,
                                          const Finding& finding) {
  const double brings = canary_rate * seconds(window.length);
  double needed = check.method == Method::sequential ? 0 : check.min_samples;
  if (finding.requests_needed && std::isfinite(*finding.requests_needed)) needed = *finding.requests_needed;
  if (!(needed > brings)) return std::nullopt;
  const Duration takes = from_seconds(std::ceil(needed / canary_rate / 60) * 60);
  return Diagnosis{
      Level::warning, check.name,
      fmt::format(
          "at this rate a window of {} brings about {} of the canary, and about {} are needed to be sure",
          to_text(window.length), counted(std::round(brings), "request"), to_count(std::ceil(needed))),
      fmt::format("make the window {}, or send the canary more traffic", to_text(takes))};
}

}  // namespace

Diagnoses examine_traffic(const Check& check, const Window& window, const Finding& finding) {
  Diagnoses found;
  if (!window.canary.series_found || finding.outcome == Outcome::source_error) return found;
  if (!is_counted(check)) {
    const Level level = finding.outcome == Outcome::breach ? Level::warning : Level::ok;
    found.push_back({level, check.name, without_name(check, finding.sentence), ""});
    return found;
  }
  const auto canary = rate_of(window, Side::canary), baseline = rate_of(window, Side::baseline);
  const bool has_baseline = !window.baseline.members.empty() || window.baseline.targets > 0;
  std::string rates = rate_text("canary", canary);
  if (has_baseline) rates += ", " + rate_text("baseline", baseline);
  if (!canary || *canary <= 0) {
    found.push_back({Level::warning, check.name,
                     fmt::format("no requests were counted between two looks: {}", rates),
                     "send the canary traffic; without any nothing can be judged"});
    return found;
  }
  if (has_baseline && (!baseline || *baseline <= 0))
    found.push_back(
        {Level::warning, check.name,
         fmt::format("the baseline counts no requests, so there is nothing to compare with: {}", rates),
         "send the baseline traffic at the same time"});
  const bool worse = finding.outcome == Outcome::breach || finding.suspicious;
  found.push_back({worse ? Level::warning : Level::ok, check.name,
                   fmt::format("{}; {}{}", rates, values_text(check, finding), needed_text(finding, *canary)),
                   ""});
  if (auto too_short = window_too_short(check, window, *canary, finding))
    found.push_back(std::move(*too_short));
  return found;
}

}  // namespace davy::app::doctor

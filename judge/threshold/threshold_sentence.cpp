#include "judge/threshold/threshold_sentence.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::judge {
namespace {

constexpr std::size_t query_bytes_shown = 120;

const char* events_of(CheckKind kind) {
  return kind == CheckKind::gauge || kind == CheckKind::promql ? "reading" : "request";
}

std::string side_text(const char* name, const Check& check, const SideValue& side, bool say_unit) {
  if (!side.value) return fmt::format("{} nothing yet", name);
  std::string text = fmt::format("{} {}", name, to_text(*side.value, check.unit));
  const std::string count = say_unit ? counted(side.samples, events_of(check.kind)) : to_count(side.samples);
  switch (check.kind) {
    case CheckKind::ratio: return text + " of " + count;
    case CheckKind::latency: return text + " over " + count;
    case CheckKind::promql: return side.samples > 1 ? text + " (mean of " + count + ")" : text;
    default: return text + " (" + count + ")";
  }
}

// How many more events are needed, and when they will be there at the present rate.
std::string missing_text(const char* side, double have, const Check& check, const Span& span) {
  if (have >= check.min_samples) return {};
  std::string text = fmt::format("the {} has {}, {} are needed", side, counted(have, events_of(check.kind)),
                                 to_count(check.min_samples));
  const double elapsed = seconds(span.length);
  if (have > 0 && elapsed > 0) {
    const double wait = (check.min_samples - have) * elapsed / have;
    text += fmt::format(" (in about {} at this rate)", to_spoken(from_seconds(std::max(1.0, wait))));
  }
  return text;
}

std::string not_enough_text(const Check& check, const Finding& finding, const Span& span,
                            const Window& window) {
  if (!span.newest) return "still warming up";
  if (check.kind == CheckKind::promql) {
    const bool of_canary = finding.canary.samples == 0;
    const SideSight& side = of_canary ? window.canary : window.baseline;
    return fmt::format("no number of the {}{}", of_canary ? "canary" : "baseline",
                       side.problem ? fmt::format(" ({})", printable(side.problem->message(), 300)) : "");
  }
  if (!window.canary.series_found) return "the canary " + unexposed_text(window.canary);
  if (finding.nothing_seen) return "the canary has had no traffic";
  std::vector<std::string> parts;
  parts.push_back(missing_text("canary", finding.canary.samples, check, span));
  if (check.max_increase) parts.push_back(missing_text("baseline", finding.baseline.samples, check, span));
  std::erase(parts, std::string());
  if (check.max_increase && !window.baseline.series_found)
    parts = {"the baseline " + unexposed_text(window.baseline)};
  return parts.empty() ? "too little to say" : join(parts, " and ");
}

std::string unseen_text(const char* name, const SideSight& side) {
  if (side.asked && side.targets_up == 0 && side.problem)
    return fmt::format("cannot see the {}: {}", name, printable(side.problem->message(), 300));
  std::string text =
      fmt::format("cannot see the {}: {} of {} targets answer", name, side.targets_up, side.targets);
  if (side.targets_up > 0) text += fmt::format(" and min_targets is {}", side.targets_min);
  if (side.problem) text += fmt::format(" ({})", printable(side.problem->message(), 200));
  return text;
}

}  // namespace

std::string unexposed_text(const SideSight& side) {
  if (side.asked && side.problem && side.problem->kind() == ErrorKind::not_found)
    return fmt::format("shows no series ({})", printable(side.problem->message(), 300));
  return "does not expose its series; check the selector and `where`";
}

std::string checked_name(const Check& check) {
  if (check.kind != CheckKind::latency) return check.name;
  return fmt::format("{} p{}", check.name, to_plain(check.quantile * 100));
}

std::string blind_text(const Window& window) {
  const bool canary_blind = window.canary.targets_up < std::max(1, window.canary.targets_min);
  return canary_blind ? unseen_text("canary", window.canary) : unseen_text("baseline", window.baseline);
}

std::string limits_text(const Check& check) {
  std::vector<std::string> parts;
  if (check.max) parts.push_back("max " + to_text(*check.max, check.unit));
  if (check.max_increase) parts.push_back("max_increase " + to_text(*check.max_increase, check.unit));
  return join(parts, " and ");
}

std::string threshold_sentence(const Check& check, const Finding& finding, const LimitReading& reading,
                               const Span& span, const Window& window) {
  std::string text = checked_name(check) + ": ";
  if (finding.outcome == Outcome::source_error) return text + blind_text(window);
  if (finding.outcome == Outcome::not_enough_data && !finding.suspicious) {
    return text + not_enough_text(check, finding, span, window);
  }
  text += side_text("canary", check, finding.canary, true);
  if (finding.baseline.value) text += ", " + side_text("baseline", check, finding.baseline, false);
  text += "; limit " + limits_text(check);
  if (check.kind == CheckKind::promql)
    text += fmt::format(" (promql {})", printable(check.canary_query, query_bytes_shown));
  if (reading.relative && check.max_increase)
    text += fmt::format(" (now {})", to_text(*reading.relative, check.unit));
  if (finding.outcome == Outcome::healthy) return text;
  if (finding.shared_failure) return text + "; the baseline is over it too, so the cause is not this release";
  if (finding.since && *finding.since < window.now)
    text += fmt::format("; over it for {}", to_spoken(window.now - *finding.since));
  if (finding.suspicious) return text + ", not yet confirmed";
  if (!finding.blast_radius.empty()) text += "; worst at " + join_spoken(finding.blast_radius);
  return text;
}

}  // namespace davy::judge

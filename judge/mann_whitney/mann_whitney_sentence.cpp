#include "judge/mann_whitney/mann_whitney_sentence.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "judge/threshold/threshold_sentence.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::judge {
namespace {

const char* events_of(const Check& check) { return check.kind == CheckKind::gauge ? "reading" : "request"; }

std::string side_text(const char* name, const Check& check, const SidePoints& side, bool say_units) {
  if (side.values.empty()) return fmt::format("{} nothing yet", name);
  const double minutes = static_cast<double>(side.values.size());
  const std::string value = to_text(side.mean(), check.unit);
  if (!say_units)
    return fmt::format("{} {} over {} ({})", name, value, to_count(minutes), to_count(side.samples));
  return fmt::format("{} {} on average over {} ({})", name, value, counted(minutes, "minute"),
                     counted(side.samples, events_of(check)));
}

// What the side still lacks and when it will have it; empty where it has enough.
std::string missing_text(const char* name, const Check& check, const SidePoints& side, std::size_t needed,
                         Duration next_in) {
  constexpr Duration minute = std::chrono::minutes(1);
  const std::size_t have = side.values.size();
  if (have < needed) {
    const Duration wait = next_in + minute * (needed - have - 1);
    return fmt::format("the {} has {}, {} are needed (in about {})", name,
                       counted(static_cast<double>(have), "one-minute point"), needed, to_spoken(wait));
  }
  if (side.samples >= check.min_samples) return {};
  const double wait =
      (check.min_samples - side.samples) / side.samples * static_cast<double>(have) * seconds(minute);
  return fmt::format("the {} has {}, {} are needed (in about {} at this rate)", name,
                     counted(side.samples, events_of(check)), to_count(check.min_samples),
                     to_spoken(from_seconds(std::max(1.0, wait))));
}

std::string not_enough_text(const Check& check, const Finding& finding, const MinutePoints& points,
                            const Window& window) {
  const bool compares = check.max_increase.has_value();
  if (points.warming_up) return "still warming up";
  if (!window.canary.series_found)
    return "the canary does not expose its series; check the selector and `where`";
  if (finding.nothing_seen) return "the canary has had no traffic";
  if (compares && !window.baseline.series_found) return "the baseline does not expose its series";
  std::vector<std::string> parts;
  parts.push_back(missing_text("canary", check, points.canary, canary_points_min(check), points.next_in));
  if (compares) parts.push_back(missing_text("baseline", check, points.baseline, points_min, points.next_in));
  std::erase(parts, std::string());
  return parts.empty() ? "the rank test has no answer, as a value is not a finite number"
                       : join(parts, " and ");
}

std::string amount(double value, Unit unit) {
  return to_text(Increase{Increase::Kind::absolute, value}, unit);
}

std::string test_text(const RankResult& test, Unit unit) {
  std::string text = fmt::format("; rank test {}", to_text(test.rank_class));
  if (test.rank_class == RankClass::high && test.shift)
    text += fmt::format(", up by {} to {}", amount(test.shift->lower, unit), amount(test.shift->upper, unit));
  return text;
}

}  // namespace

std::size_t canary_points_min(const Check& check) { return check.max ? points_for_max_min : points_min; }

std::string mann_whitney_sentence(const Check& check, const Finding& finding, const RankReading& reading,
                                  const Window& window) {
  std::string text = checked_name(check) + ": ";
  if (finding.outcome == Outcome::source_error) return text + blind_text(window);
  if (finding.outcome == Outcome::not_enough_data)
    return text + not_enough_text(check, finding, reading.points, window);
  text += side_text("canary", check, reading.points.canary, true);
  if (finding.baseline.value) text += ", " + side_text("baseline", check, reading.points.baseline, false);
  text += "; limit " + limits_text(check);
  if (reading.limits.relative && check.max_increase)
    text += fmt::format(" (now {})", to_text(*reading.limits.relative, check.unit));
  if (has_answer(reading.test.rank_class)) text += test_text(reading.test, check.unit);
  if (reading.limits.over_absolute)
    text += fmt::format("; the canary is above {} with 98% confidence", to_text(*reading.floor, check.unit));
  if (finding.shared_failure) text += "; the baseline is over it too, so the cause is not this release";
  return text;
}

}  // namespace davy::judge

#include "report/finding_words.hpp"

#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <cmath>
#include <fmt/format.h>

namespace davy::report {

std::string value_text(const SideValue& side, Unit unit) {
  if (!side.value) return "nothing";
  return fmt::format("{} of {}", to_text(*side.value, unit), to_count(side.samples));
}

std::string limit_text(const Finding& finding) {
  return finding.limit ? to_text(*finding.limit, finding.unit) : "none";
}

std::string interval_text(const std::optional<std::pair<double, double>>& times) {
  if (!times) return "";
  if (std::isinf(times->second)) return times->first > 0 ? fmt::format("above {:.2g}", times->first) : "";
  return fmt::format("{:.2g} to {:.2g}", times->first, times->second);
}

std::string p_value_text(std::optional<double> p) {
  if (!p) return "";
  return *p < 0.0001 ? "below 0.0001" : fmt::format("{:.2g}", *p);
}

std::string describe(const Finding& f) {
  std::string out = fmt::format("canary {}; baseline {}; limit {}", value_text(f.canary, f.unit),
                                value_text(f.baseline, f.unit), limit_text(f));
  if (const std::string times = interval_text(f.times_baseline); !times.empty())
    out += "; times the baseline (95%) " + times;
  if (const std::string p = p_value_text(f.p_value()); !p.empty()) out += "; p-value " + p;
  if (!f.blast_radius.empty()) out += "; over the limit: " + printable(join(f.blast_radius, ", "), 500);
  return out;
}

}  // namespace davy::report

#include "app/progress_screen.hpp"

#include "app/display_text.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace davy::app {
namespace {

constexpr const char* green = "\x1b[32m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* red = "\x1b[31m";
constexpr std::size_t name_columns_max = 24;
constexpr std::size_t bar_columns = 10;

std::string painted(const std::string& line, const char* with, bool colour) {
  return colour && *with != '\0' ? with + line + "\x1b[0m" : line;
}

const char* colour_of(const Finding& finding) {
  if (finding.outcome == Outcome::healthy) return finding.suspicious ? yellow : green;
  return finding.outcome == Outcome::breach && !finding.shared_failure ? red : yellow;
}

std::string bar(double evidence) {
  const double share = std::isfinite(evidence) ? std::clamp(evidence, 0.0, 1.0) : 0;
  const auto full = static_cast<std::size_t>(std::lround(share * static_cast<double>(bar_columns)));
  return "[" + std::string(full, '#') + std::string(bar_columns - full, '.') + "]";
}

std::string value(const SideValue& side, Unit unit) {
  return side.value ? fmt::format("{} of {}", to_text(*side.value, unit), to_count(side.samples)) : "nothing";
}

std::string time_left(const GuardSnapshot& s) {
  if (is_end(s.phase) || s.window_s <= 0) return to_spoken(from_seconds(std::floor(s.elapsed_s)));
  const double left_s = s.window_s - s.elapsed_s;
  if (left_s <= 0) return "window over";
  return to_spoken(from_seconds(std::ceil(left_s))) + " left";
}

std::string heading(const GuardSnapshot& s) {
  std::string line = printable(s.service, 60) + " " + printable(s.release, 60);
  if (!s.revision.empty()) line += " (" + printable(s.revision, 40) + ")";
  return fmt::format("{}  {}  {}{}", line, to_text(s.phase), time_left(s),
                     s.mode == "observe" ? "  mode observe" : "");
}

std::string check_line(const Finding& f, std::size_t name_columns) {
  return fmt::format(
      "{}  canary {}  baseline {}  limit {}  {}  {}", padded(printable(f.check, 200), name_columns),
      padded(value(f.canary, f.unit), 16), padded(value(f.baseline, f.unit), 16),
      padded(f.limit ? to_text(*f.limit, f.unit) : "none", 7), bar(f.evidence), printable(f.sentence, 1000));
}

}  // namespace

const char* colour_of(Phase phase) {
  switch (phase) {
    case Phase::healed:
    case Phase::passed: return green;
    case Phase::suspecting:
    case Phase::holding:
    case Phase::held:
    case Phase::inconclusive: return yellow;
    case Phase::rolling_back:
    case Phase::verifying:
    case Phase::observed:
    case Phase::needs_human: return red;
    default: return "";
  }
}

std::vector<std::string> progress_screen(const GuardSnapshot& s, ScreenSize size, bool colour) {
  const auto line = [&](const std::string& text, const char* with) {
    return painted(fitted(text, size.columns), with, colour);
  };
  std::vector<std::string> lines{line(heading(s), colour_of(s.phase))};
  std::vector<std::string> below;
  for (const TargetStatus& target : s.targets) {
    if (!target.up) below.push_back(line("  " + printable(target.problem, 500), yellow));
  }
  if (!s.timeline.empty()) {
    const TimelineEntry& last = s.timeline.back();
    below.push_back(line(
        fmt::format("  {:.0f} s: {}: {}", last.since_deploy_s, last.what, printable(last.text, 500)), ""));
  }
  const std::size_t rows = std::max<std::size_t>(size.rows, 3);
  if (s.verdict) {
    std::size_t name_columns = 0;
    for (const Finding& f : s.verdict->findings)
      name_columns = std::max(name_columns, display_width(printable(f.check, 200)));
    name_columns = std::min(name_columns, name_columns_max);
    const std::vector<Finding>& all = s.verdict->findings;
    const std::size_t room = rows - 1;
    const std::size_t shown = all.size() > room ? room - 1 : all.size();
    for (std::size_t i = 0; i < shown; ++i)
      lines.push_back(line(check_line(all[i], name_columns), colour_of(all[i])));
    if (shown < all.size()) lines.push_back(line(fmt::format("and {} more", all.size() - shown), ""));
  }
  for (const std::string& text : below) {
    if (lines.size() < rows) lines.push_back(text);
  }
  return lines;
}

}  // namespace davy::app

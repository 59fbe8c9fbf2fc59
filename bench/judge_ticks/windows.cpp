#include "bench/judge_ticks/windows.hpp"

#include "bench/judge_ticks/checks.hpp"

#include <algorithm>
#include <numeric>

namespace davy::judge_ticks {
namespace {

// Late enough for the history before it to have happened after the clock began.
constexpr Instant deploy{std::chrono::hours(1)};

SideSight sight_of(const std::vector<Series>& series) {
  SideSight side;
  for (const Series& one : series) side.members.push_back(one.name);
  side.targets = static_cast<int>(series.size());
  side.targets_min = 1;
  return side;
}

// A system that has had no error yet often exposes no error counter: without it there were none.
MemberTick errors_tick(const FileTick& tick) {
  MemberTick member;
  if (!tick.n) return member;
  member.present = true;
  member.total = *tick.n;
  member.bad = std::min(*tick.n, tick.errors.value_or(0));
  return member;
}

MemberTick latency_tick(const FileTick& tick) {
  MemberTick member;
  if (tick.buckets.empty()) return member;
  member.present = true;
  member.buckets = tick.buckets;
  member.total = std::accumulate(tick.buckets.begin(), tick.buckets.end(), 0.0);
  return member;
}

MemberTick gauge_tick(const FileTick& tick, const std::string& gauge) {
  MemberTick member;
  const auto reading = tick.gauges.find(gauge);
  if (reading == tick.gauges.end()) return member;
  member.present = true;
  member.total = 1;
  member.value = judged_reading(gauge, reading->second);
  return member;
}

MemberTick member_tick(const FileTick* tick, const Check& check) {
  if (tick == nullptr) return {};
  if (check.kind == CheckKind::ratio) return errors_tick(*tick);
  return check.kind == CheckKind::latency ? latency_tick(*tick) : gauge_tick(*tick, check.gauge.metric);
}

std::vector<MemberTick> member_ticks(const std::vector<const FileTick*>& ticks, const Check& check,
                                     SideSight& side, const Window& window) {
  std::vector<MemberTick> members;
  side.targets_up = 0;
  for (const FileTick* tick : ticks) {
    members.push_back(member_tick(tick, check));
    if (tick != nullptr) ++side.targets_up;
    side.series_found = side.series_found || members.back().present;
  }
  const Duration round = window.ticks.empty() ? Duration{} : window.now - window.ticks.back().at;
  if (side.targets_up > 0)
    side.blind_for.reset();
  else
    side.blind_for = side.blind_for.value_or(Duration{}) + round;
  return members;
}

}  // namespace

Window empty_window(const TickFile& file, const Check& check, const Timeline& timeline) {
  Window window;
  window.check = check.name;
  window.deployed_at = window.now = deploy;
  window.length = from_seconds(timeline.window_s);
  if (check.kind == CheckKind::latency) window.bounds = file.bounds;
  window.canary = sight_of(file.canary);
  window.baseline = sight_of(file.baseline);
  return window;
}

void append(Window& window, const Check& check, const Round& round) {
  window.now = window.deployed_at + from_seconds(round.end_s);
  Tick tick;
  tick.at = window.now;
  tick.length = from_seconds(round.length_s);
  tick.judged = round.judged;
  tick.canary = member_ticks(round.canary, check, window.canary, window);
  tick.baseline = member_ticks(round.baseline, check, window.baseline, window);
  window.ticks.push_back(std::move(tick));
}

}  // namespace davy::judge_ticks

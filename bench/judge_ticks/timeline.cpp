#include "bench/judge_ticks/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge_ticks {
namespace {

constexpr double history_s = 300;
constexpr double window_s_min = 600;
constexpr double unknown_tick_s = 15;

// By the time of its beginning in milliseconds: pods written to different digits still meet.
using RoundsByTime = std::map<long long, Round>;

void add_pods(RoundsByTime& rounds, const TickFile& file, std::vector<const FileTick*> Round::*side,
              const std::vector<Series>& pods) {
  for (std::size_t pod = 0; pod < pods.size(); ++pod) {
    for (const FileTick& tick : pods[pod].ticks) {
      Round& round = rounds[std::llround(tick.t_s * 1000)];
      round.canary.resize(file.canary.size());
      round.baseline.resize(file.baseline.size());
      (round.*side)[pod] = &tick;
    }
  }
}

RoundsByTime side_by_side(const std::vector<FileTick>& canary, const std::vector<FileTick>& baseline) {
  RoundsByTime rounds;
  const std::size_t both = baseline.empty() ? canary.size() : std::min(canary.size(), baseline.size());
  for (std::size_t i = 0; i < both; ++i) {
    Round& round = rounds[std::llround((canary[i].t_s - canary.front().t_s) * 1000)];
    round.canary = {&canary[i]};
    round.baseline = {baseline.empty() ? nullptr : &baseline[i]};
  }
  return rounds;
}

RoundsByTime rounds_by_time(const TickFile& file) {
  if (!file.by_pod) return side_by_side(file.canary.front().ticks, file.baseline.front().ticks);
  RoundsByTime rounds;
  add_pods(rounds, file, &Round::canary, file.canary);
  add_pods(rounds, file, &Round::baseline, file.baseline);
  return rounds;
}

double usual_tick_s(const RoundsByTime& rounds, const TickFile& file) {
  std::vector<double> steps;
  for (auto round = rounds.begin(); round != rounds.end() && std::next(round) != rounds.end(); ++round)
    steps.push_back(static_cast<double>(std::next(round)->first - round->first) / 1000);
  if (steps.empty()) return file.tick_s.value_or(unknown_tick_s);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

bool has_canary(const Round& round) {
  return std::any_of(round.canary.begin(), round.canary.end(),
                     [](const FileTick* tick) { return tick != nullptr; });
}

}  // namespace

Timeline timeline_of(const TickFile& file) {
  Timeline timeline;
  const RoundsByTime by_time = rounds_by_time(file);
  timeline.tick_s = usual_tick_s(by_time, file);
  double canary_end_s = 0;
  double begin_before_s = 0;
  for (const auto& [begin_ms, unfinished] : by_time) {
    const double begin_s = static_cast<double>(begin_ms) / 1000;
    Round round = unfinished;
    round.end_s = begin_s + timeline.tick_s;
    // A tick after a gap holds what happened since the one before it.
    round.length_s = timeline.rounds.empty() ? timeline.tick_s : begin_s - begin_before_s;
    round.judged = begin_s >= 0;
    begin_before_s = begin_s;
    if (has_canary(round)) canary_end_s = std::max(canary_end_s, round.end_s);
    if (round.end_s > -history_s) timeline.rounds.push_back(std::move(round));
  }
  timeline.window_s = file.window_s.value_or(std::max(window_s_min, canary_end_s));
  std::erase_if(timeline.rounds, [&](const Round& round) { return round.end_s > timeline.window_s; });
  return timeline;
}

}  // namespace davy::judge_ticks

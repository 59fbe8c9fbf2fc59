#include "app/tune/placebo.hpp"

#include <algorithm>
#include <set>

namespace davy::app::tune {
namespace {

// Members of the baseline that are there in most rounds.
std::vector<std::string> members_of(const config::Policy& policy,
                                    const collector::recording::Recording& recording) {
  std::map<std::string, std::size_t> seen;
  const std::string& label = policy.baseline.members;
  for (const auto& round : recording.rounds) {
    std::set<std::string> here;
    for (const TargetReading& reading : round.batch.readings) {
      if (!reading.for_baseline || reading.problem) continue;
      if (label.empty()) here.insert(reading.target);
      if (label.empty()) continue;
      for (const Sample& sample : reading.samples)
        if (const auto value = sample.series->labels.get(label)) here.emplace(*value);
    }
    for (const std::string& member : here) ++seen[member];
  }
  std::vector<std::string> members;
  for (const auto& [member, rounds] : seen)
    if (rounds * 2 > recording.rounds.size()) members.push_back(member);
  return members;
}

}  // namespace

std::vector<Placebo> placebos(const config::Policy& policy, const collector::recording::Recording& recording,
                              Duration history, std::size_t most) {
  const std::vector<std::string> members = members_of(policy, recording);
  if (members.size() < 2 || recording.rounds.empty()) return {};
  const Instant first = recording.rounds.front().batch.at + history;
  const Instant last = recording.rounds.back().batch.at - policy.window;
  if (last < first) return {};
  const std::size_t moments = std::max<std::size_t>(1, most / members.size());
  const Duration step = moments < 2 ? Duration::zero() : (last - first) / static_cast<long>(moments - 1);
  std::vector<Placebo> out;
  for (std::size_t i = 0; i < moments && (i == 0 || step > policy.scrape.interval); ++i)
    for (const std::string& member : members)
      out.push_back({&recording, member, first + static_cast<long>(i) * step});
  return out;
}

config::Policy with_sides_of(const config::Policy& policy, const Placebo& placebo) {
  config::Policy out = policy;
  out.canary.min_targets = 1;
  out.baseline.min_targets = 1;
  const std::string& label = policy.baseline.members;
  out.canary.members = label;
  out.canary.where = policy.baseline.where;
  if (label.empty()) return out;
  for (SideSpec* side : {&out.canary, &out.baseline}) {
    if (!side->where) side->where.emplace();
    const MatchKind kind = side == &out.canary ? MatchKind::equal : MatchKind::not_equal;
    side->where->matchers.push_back({label, kind, placebo.member});
  }
  return out;
}

Batch batch_of(const config::Policy& policy, const Placebo& placebo, const Batch& recorded) {
  Batch out = recorded;
  out.instances.clear();
  out.baseline_replaced = false;
  const bool by_label = !policy.baseline.members.empty();
  const bool released = recorded.at >= placebo.released;
  std::erase_if(out.readings, [](const TargetReading& reading) { return !reading.for_baseline; });
  if (!by_label)
    std::erase_if(out.readings, [&](const TargetReading& reading) {
      return reading.target == placebo.member && !released;
    });
  for (TargetReading& reading : out.readings) {
    reading.for_canary = by_label ? released : reading.target == placebo.member;
    reading.for_baseline = by_label || !reading.for_canary;
  }
  return out;
}

}  // namespace davy::app::tune

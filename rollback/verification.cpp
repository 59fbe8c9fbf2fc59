#include "rollback/verification.hpp"

#include "core/base/number_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::rollback {
namespace {

constexpr int rounds_needed = 2;

double events(const std::vector<MemberTick>& members) {
  double sum = 0;
  for (const MemberTick& member : members) sum += member.present ? member.total : 0;
  return sum;
}

struct Sight {
  bool fresh = false;  // there is a tick that began after the action
  Instant newest{};
  bool canary_gone = false;  // no canary target answers
  bool baseline_seen = false;
  double canary_events = 0;  // in the newest tick
};

Sight look_at(const std::vector<const Window*>& windows, Instant acted_at) {
  Sight sight;
  for (const Window* seen : windows) {
    const Window& window = *seen;
    if (window.ticks.empty()) continue;
    const Tick& tick = window.ticks.back();
    if (tick.at - tick.length >= acted_at) {
      sight.fresh = true;
      sight.newest = std::max(sight.newest, tick.at);
      sight.canary_events = std::max(sight.canary_events, events(tick.canary));
    }
    // A server that does not answer says nothing of the canary.
    sight.canary_gone = sight.canary_gone || (window.canary.targets_up == 0 && !window.canary.asked);
    sight.baseline_seen =
        sight.baseline_seen || window.baseline.targets_up > 0 || window.baseline.targets == 0;
  }
  return sight;
}

bool is_within_limits(const Verdict& verdict) {
  return std::none_of(verdict.findings.begin(), verdict.findings.end(),
                      [](const Finding& finding) {
                        return finding.outcome == Outcome::breach || finding.suspicious;
                      }) &&
         std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [](const Finding& finding) { return finding.outcome == Outcome::healthy; });
}

}  // namespace

VerificationReading Verification::look(const std::vector<const Window*>& windows, const Verdict& verdict,
                                       const std::optional<DeployState>& state) {
  const Sight sight = look_at(windows, acted_at_);
  if (state && state->canary_serving == true) {
    good_rounds_ = 0;
    return {false, "the deploy system still sends traffic to the canary: " + state->summary};
  }
  const bool news = sight.fresh && (!newest_ || sight.newest > *newest_);
  const bool read_back = state && state->canary_serving == false;
  if (!news && !sight.canary_gone) return {false, "waiting for the first numbers after the rollback"};
  if (news) newest_ = sight.newest;

  std::string why;
  if (!sight.baseline_seen) {
    good_rounds_ = 0;
    return {false, "the baseline cannot be seen"};
  }
  if (sight.canary_gone) {
    why = "the canary is gone";
  } else if (sight.canary_events == 0) {
    why = "the canary gets no requests any more";
  } else if (is_within_limits(verdict)) {
    why = "what answers in the canary's place is within the limits";
  } else {
    good_rounds_ = 0;
    return {false, fmt::format("the canary still served {} requests in the last round",
                               to_count(sight.canary_events))};
  }
  if (read_back) why += "; " + state->summary;
  ++good_rounds_;
  return {good_rounds_ >= rounds_needed, why};
}

}  // namespace davy::rollback

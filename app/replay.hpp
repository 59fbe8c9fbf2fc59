#pragma once

// The guard once more, over a recording: what this policy would have decided, as fast as the machine allows.
//
// The same loop, windows and judge as in a watch; the source is the recording, the clock is the recording's,
// the mode is observe, and so nothing is ever called. A release ends at its verdict, or undecided where the
// recording ends or where the rollback of that time has taken the canary away: what would have happened after
// that, nobody has seen.

#include "collector/recording/recording.hpp"
#include "config/policy.hpp"
#include "core/model/incident.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace davy::app {

// What was decided at that time, from the recording's own report.
struct DecidedThen {
  std::string end;  // "healed", "passed", ...
  std::string sentence;
  std::string check;  // blamed
  std::optional<double> detected_s;
  std::optional<double> acted_s;
  std::string policy_digest;
};

struct ReplayedRelease {
  std::string release;
  WallTime deployed_at{};
  std::optional<DecidedThen> then;  // nothing: the recording does not say
  Phase end = Phase::idle;          // idle: undecided
  std::string sentence;
  std::string check;  // blamed; empty when nothing is
  std::optional<double> detected_s;
  std::size_t rounds_judged = 0;
  std::size_t rounds_compared = 0;  // of these, those that the recording has a digest of
  std::size_t rounds_same = 0;      // found to the last bit as they were found then
};

struct ReplayOptions {
  // A recording of no release: one begins this long after its first round.
  std::optional<Duration> release_at;
  std::function<void(const Verdict&, Instant deployed_at)> on_verdict;
};

// Error: invalid, when the policy needs what was not recorded, or there is no release in it.
Result<std::vector<ReplayedRelease>> replay(const config::Policy& policy,
                                            const collector::recording::Recording& recording,
                                            const ReplayOptions& options = {});

}  // namespace davy::app

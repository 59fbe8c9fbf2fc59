#pragma once

// What a judge looks at: one check's numbers, tick by tick, for every member of both sides.
//
// A member is one instance of a side: a target, or one value of the policy's `members` label. A tick is what
// happened between two rounds. Counts are increases within the tick, never running totals; resets, restarts
// and missed scrapes have been dealt with before a number gets here.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/check.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace davy {

// One member in one tick.
struct MemberTick {
  bool present = false;         // seen at both ends of the tick; otherwise the rest is zero and means nothing
  double total = 0;             // events (ratio, latency); readings (gauge): 0 or 1
  double bad = 0;               // ratio: events that are errors; never more than total
  double value = 0;             // gauge: the reading; restarts: how often it has failed since it was created
  std::vector<double> buckets;  // latency: increases per bin (not cumulative), one for each of Window::bounds
};

struct Tick {
  Instant at{};  // its end
  Duration length{};
  bool judged = false;  // false before the deploy and while warming up: shown, and known, but not judged
  std::vector<MemberTick> canary;    // parallel to Window::canary.members
  std::vector<MemberTick> baseline;  // parallel to Window::baseline.members
};

// How well a side could be seen in the newest tick.
struct SideSight {
  std::vector<std::string> members;   // names, in a stable order; a member keeps its place
  int targets = 0;                    // that discovery named
  int targets_up = 0;                 // that answered the last scrape
  int targets_min = 0;                // the policy's min_targets
  std::optional<Error> problem;       // of a target that did not answer, or of discovery
  bool series_found = false;          // the check's series exist on this side
  std::string trouble;                // restarts: what the platform says is wrong with an instance now
  std::optional<Duration> blind_for;  // since when no target has answered
  // The numbers are asked of a server: when it does not answer, nothing is known of the instances, nor that
  // they are gone.
  bool asked = false;
  // The baseline's instances are gone because the release has taken their place: since when, and whether the
  // newest tick shows what they did before (each tick of theirs once) or nothing any more.
  std::optional<Duration> replaced_for;
  bool remembered = false;
};

// Enough of it answers; a baseline that the release has replaced is remembered, and not unseen.
inline bool sees(const SideSight& side) {
  return side.targets_up >= std::max(1, side.targets_min) || side.replaced_for.has_value();
}

// The same check for one value of a `by` label: shown for the blast radius, never judged on its own.
struct Slice {
  std::string value;  // route="/pay"
  double canary_total = 0, canary_bad = 0, baseline_total = 0, baseline_bad = 0;
};

struct Window {
  std::string check;
  Instant deployed_at{};
  Instant now{};
  Duration length{};           // the policy's window
  Duration interval{};         // between rounds, as the policy wants them; zero: not known
  std::vector<double> bounds;  // latency: upper bounds in seconds, ascending, +Inf last
  SideSight canary, baseline;
  std::vector<Tick> ticks;    // oldest first: up to five minutes before the deploy, then all since
  std::vector<Slice> slices;  // worst first, at most slices_max
};

inline constexpr std::size_t slices_max = 20;

}  // namespace davy

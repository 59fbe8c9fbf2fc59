#pragma once

// What happens next, as a total table: every phase of a release against every event. Pure.
//
// The guard turns a round's verdict into one Event (classify), asks the table, moves to the next phase and
// does the one thing the table names. A cell that says `ignore` means: this event cannot change anything in
// this phase.

#include "core/model/check.hpp"
#include "core/model/decision.hpp"
#include "core/model/verdict.hpp"

#include <optional>
#include <string_view>

namespace davy::guard {

enum class Event {
  warmup_over,
  clear,             // every check healthy
  suspicious,        // over a limit, not yet confirmed
  breach,            // confirmed, and the policy answers with a rollback
  would_roll_back,   // the same in mode observe
  unsure,            // too little to say, for now
  must_hold,         // the policy answers this with a hold
  window_passed,     // the window is over and every check is healthy (or a fallback says pass)
  window_undecided,  // the window is over and nothing can be said
  act_accepted,      // the deploy system said yes
  act_failed,        // no action of the plan was accepted before the deadline
  act_forbidden,     // a guard rail forbids acting
  act_superseded,    // the deploy system has moved on to another revision
  verified,          // traffic left the canary and the numbers healed
  not_verified,      // verify_for is over without that, and no action is left
  next_action,       // the same, but the plan has another action
  operator_hold,
  operator_resume,
  operator_rollback,
  operator_cancel,  // also: we are being stopped
  newer_release,    // another release begins for the same service
};
inline constexpr int event_count = 21;
std::string_view to_text(Event event);

enum class Do {
  ignore,
  go_on,      // only the phase changes
  tell,       // people must know
  roll_back,  // record the intent, act
  promote,    // run on_pass, then finish
  verify,     // start watching for the effect
  finish,     // the release is over: report
};

struct Step {
  Phase next;
  Do what;
  bool operator==(const Step&) const = default;
};

Step step(Phase phase, Event event);

// What the policy says about verdicts that are not simply good or bad.
struct Fallbacks {
  Fallback on_no_data = Fallback::hold;
  Fallback on_blind = Fallback::hold;
  Duration blind_after = std::chrono::minutes(2);
  Fallback on_inconclusive = Fallback::hold;
  Fallback on_shared_failure = Fallback::hold;
  bool observe_only = false;
  bool decide_early = true;
};

// Where the round stands in its window.
struct Moment {
  bool warming_up = false;
  bool window_over = false;
  Duration blind_for{};    // since when a side that is needed has not answered; zero when it answers
  Duration no_data_for{};  // since when the verdict has been no_data
  bool soaked = false;     // long enough to pass early, when the numbers are sure
};

// The one event that a round's verdict amounts to.
Event classify(const Verdict& verdict, const Fallbacks& fallbacks, const Moment& moment);

}  // namespace davy::guard

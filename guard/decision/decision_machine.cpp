#include "guard/decision/decision_machine.hpp"

#include <array>

namespace davy::guard {
namespace {

constexpr std::array<std::string_view, event_count> event_names{
    "warmup_over",      "clear",           "suspicious",        "breach",
    "would_roll_back",  "unsure",          "must_hold",         "window_passed",
    "window_undecided", "act_accepted",    "act_failed",        "act_forbidden",
    "act_superseded",   "verified",        "not_verified",      "next_action",
    "operator_hold",    "operator_resume", "operator_rollback", "operator_cancel",
    "newer_release"};

// Phases in which the canary is being judged and nothing has been decided.
constexpr bool is_judging(Phase p) {
  return p == Phase::watching || p == Phase::suspecting || p == Phase::holding;
}

Step while_judging(Phase phase, Event event) {
  switch (event) {
    case Event::clear: return {Phase::watching, phase == Phase::holding ? Do::tell : Do::go_on};
    case Event::suspicious: return {Phase::suspecting, Do::go_on};
    case Event::breach: return {Phase::rolling_back, Do::roll_back};
    case Event::would_roll_back: return {Phase::observed, Do::finish};
    case Event::unsure: return {phase == Phase::holding ? Phase::holding : Phase::watching, Do::go_on};
    case Event::must_hold: return {Phase::holding, phase == Phase::holding ? Do::go_on : Do::tell};
    case Event::window_passed: return {Phase::passed, Do::promote};
    case Event::window_undecided: return {Phase::inconclusive, Do::finish};
    default: return {phase, Do::ignore};
  }
}

Step while_held(Event event) {
  switch (event) {
    case Event::operator_resume: return {Phase::watching, Do::tell};
    case Event::window_passed:
    case Event::window_undecided: return {Phase::inconclusive, Do::finish};
    default: return {Phase::held, Do::ignore};
  }
}

Step while_acting(Phase phase, Event event) {
  switch (event) {
    case Event::act_accepted: return {Phase::verifying, Do::verify};
    case Event::act_failed:
    case Event::act_forbidden: return {Phase::needs_human, Do::finish};
    case Event::act_superseded: return {Phase::superseded, Do::finish};
    default: return {phase, Do::ignore};  // a rollback that has begun is finished, whoever asks for what
  }
}

Step while_verifying(Event event) {
  switch (event) {
    case Event::verified: return {Phase::healed, Do::finish};
    case Event::next_action: return {Phase::rolling_back, Do::roll_back};
    case Event::not_verified: return {Phase::needs_human, Do::finish};
    case Event::act_superseded: return {Phase::superseded, Do::finish};
    default: return {Phase::verifying, Do::ignore};
  }
}

// What an operator or a newer release may do at any time before the decision.
std::optional<Step> from_outside(Phase phase, Event event) {
  switch (event) {
    case Event::operator_hold:
      return phase == Phase::held ? Step{phase, Do::ignore} : Step{Phase::held, Do::tell};
    case Event::operator_rollback: return Step{Phase::rolling_back, Do::roll_back};
    case Event::operator_cancel: return Step{Phase::cancelled, Do::finish};
    case Event::newer_release: return Step{Phase::superseded, Do::finish};
    default: return std::nullopt;
  }
}

Event fall_back(Fallback fallback, bool window_over, bool observe_only) {
  if (fallback == Fallback::rollback) return observe_only ? Event::would_roll_back : Event::breach;
  if (!window_over) return fallback == Fallback::pass ? Event::unsure : Event::must_hold;
  return fallback == Fallback::pass ? Event::window_passed : Event::window_undecided;
}

}  // namespace

std::string_view to_text(Event event) { return event_names[static_cast<std::size_t>(event)]; }

Step step(Phase phase, Event event) {
  if (is_end(phase) || phase == Phase::idle) return {phase, Do::ignore};
  if (phase == Phase::rolling_back) return while_acting(phase, event);
  if (phase == Phase::verifying) return while_verifying(event);
  if (const auto outside = from_outside(phase, event)) return *outside;
  if (phase == Phase::held) return while_held(event);
  if (is_judging(phase)) return while_judging(phase, event);
  // warming_up: a window that is over, or a blindness that the policy does not bear, counts even now.
  switch (event) {
    case Event::warmup_over: return {Phase::watching, Do::go_on};
    case Event::must_hold:
    case Event::breach:
    case Event::would_roll_back:
    case Event::window_passed:
    case Event::window_undecided: return while_judging(phase, event);
    default: return {phase, Do::ignore};
  }
}

Event classify(const Verdict& verdict, const Fallbacks& fallbacks, const Moment& moment) {
  const bool over = moment.window_over;
  const bool observe = fallbacks.observe_only;
  switch (verdict.kind) {
    case VerdictKind::breach:
      if ((moment.warming_up && !verdict.judges_warmup) || (!fallbacks.decide_early && !over))
        return Event::suspicious;
      return observe ? Event::would_roll_back : Event::breach;
    case VerdictKind::hold: return over ? Event::window_undecided : Event::must_hold;
    case VerdictKind::shared_failure: return fall_back(fallbacks.on_shared_failure, over, observe);
    case VerdictKind::suspicious:
      return over ? fall_back(fallbacks.on_inconclusive, true, observe) : Event::suspicious;
    case VerdictKind::blind:
      if (moment.blind_for >= fallbacks.blind_after || over)
        return fall_back(fallbacks.on_blind, over, observe);
      return Event::unsure;
    case VerdictKind::no_data:
      // A fallback of rollback waits as long as blindness does: the first quiet seconds after a deploy are no
      // evidence.
      if (moment.no_data_for >= fallbacks.blind_after || over)
        return fall_back(fallbacks.on_no_data, over, observe);
      return Event::unsure;
    case VerdictKind::not_enough_data:
      return over ? fall_back(fallbacks.on_inconclusive, true, observe) : Event::unsure;
    case VerdictKind::healthy: {
      const bool early = fallbacks.decide_early && verdict.sure && moment.soaked;
      return over || early ? Event::window_passed : Event::clear;
    }
  }
  return Event::unsure;
}

}  // namespace davy::guard

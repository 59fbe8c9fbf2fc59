#include "config/explain.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

namespace davy::config {
namespace {

std::string side_text(const char* name, const SideSpec& side) {
  std::string text = fmt::format("The {} is {}", name, describe_targets(side));
  if (side.where) text += fmt::format(", as far as {}", davy::to_text(*side.where));
  if (!side.members.empty()) text += fmt::format(", one instance a value of the label {}", side.members);
  if (side.min_targets > 1)
    text += fmt::format("; with fewer than {} answering it counts as unseen", side.min_targets);
  return text + ".\n";
}

std::string what_is_measured(const Check& check) {
  switch (check.kind) {
    case CheckKind::ratio:
      return fmt::format("the share of {} in {}", davy::to_text(check.errors), davy::to_text(check.total));
    case CheckKind::latency:
      return fmt::format("p{} of {}", to_plain(check.quantile * 100), davy::to_text(check.histogram));
    case CheckKind::promql: return fmt::format("the result of {}", check.canary_query);
    case CheckKind::restarts:
      return "the count of its instances' restarts and failures, as Kubernetes sees them,";
    default: return fmt::format("the mean of {}", davy::to_text(check.gauge));
  }
}

std::string increase_text(const Increase& increase, Unit unit) {
  if (increase.kind == Increase::Kind::absolute) return davy::to_text(increase, unit) + " above the baseline";
  if (increase.amount == 1) return "twice the baseline";
  return davy::to_text(increase, unit) + " above the baseline";
}

std::string response_text(Response response, Mode mode) {
  if (response == Response::rollback)
    return mode == Mode::observe ? "is reported as a rollback" : "rolls back";
  return response == Response::hold ? "holds the release and tells" : "is written down and nothing else";
}

std::string method_text(const Check& check, const Policy& policy) {
  const std::string samples =
      counted(check.min_samples,
              check.kind == CheckKind::gauge || check.kind == CheckKind::promql ? "reading" : "request");
  if (check.kind == CheckKind::restarts) return "from the deploy on, warming up or not";
  if (check.kind == CheckKind::promql && check.lookback == Duration::zero() && check.min_samples == 1)
    return fmt::format("in {} round{}", check.confirmations,
                       check.confirmations == 1 ? "" : "s in a row that give a number");
  switch (check.method) {
    case Method::sequential: {
      std::string text =
          fmt::format("judged after every scrape, a healthy canary is accused in at most {} of the releases",
                      davy::to_text(1 - policy.confidence, Unit::ratio));
      if (!has_margin(check))
        text +=
            "; with few members in the baseline it decides late, because nothing forgives that members "
            "differ: "
            "a max_increase of 30% or more with an ignore_increase_below helps";
      return text;
    }
    case Method::threshold:
      return fmt::format("in {} round{}{}, over the last {} and at least {}", check.confirmations,
                         check.confirmations == 1 ? "" : "s", check.confirmations == 1 ? "" : " in a row",
                         to_spoken(check.lookback), samples);
    case Method::mann_whitney:
      return fmt::format("by a rank test of one-minute points, from the third minute on and at least {}",
                         samples);
  }
  return "";
}

std::string check_text(const Check& check, const Policy& policy) {
  std::vector<std::string> limits;
  if (check.max) limits.push_back("above " + davy::to_text(*check.max, check.unit));
  if (check.max_increase) limits.push_back("more than " + increase_text(*check.max_increase, check.unit));
  std::string text =
      fmt::format("- {} ({}): the canary breaches when {} is {}", check.name, davy::to_text(check.severity),
                  what_is_measured(check), join(limits, ", or "));
  if (check.ignore_increase_below > 0) {
    const Increase least{Increase::Kind::absolute, check.ignore_increase_below};
    text += fmt::format(" (an increase below {} never counts)", davy::to_text(least, check.unit));
  }
  text += fmt::format("; {}; that {}.", method_text(check, policy),
                      response_text(policy.responses.of(check.severity), policy.mode));
  return text + "\n";
}

std::string fallback_text(Fallback fallback) {
  switch (fallback) {
    case Fallback::hold: return "Davy holds and tells";
    case Fallback::pass: return "the release passes";
    case Fallback::rollback: return "it is rolled back";
  }
  return "";
}

std::string plan_text(const Policy& policy) {
  if (policy.mode == Mode::observe) return "Mode observe: nothing is ever done, only reported.\n";
  std::vector<std::string> kinds;
  for (const ActionSpec& action : policy.rollback) kinds.push_back(action.kind);
  const GuardRailSpec& rails = policy.guard_rails;
  if (kinds.empty()) return "There is no rollback.\n";
  return fmt::format(
      "A rollback uses {}, within {}, and counts only when traffic has left the canary within {} more. There "
      "are at least {} "
      "between two rollbacks of the service and at most {} in {}; beyond that a human is needed.\n",
      join(kinds, ", then "), to_spoken(rails.deadline), to_spoken(rails.verify_for),
      to_spoken(rails.cooldown), rails.at_most, to_spoken(rails.per));
}

std::string steps_text(const Policy& policy) {
  if (policy.steps.empty()) return "";
  std::vector<std::string> steps;
  for (const StepSpec& step : policy.steps)
    steps.push_back(fmt::format("{} ({})", step.name, to_spoken(step.window)));
  return fmt::format(
      "With davy gate --steps each of these is taken when the window before it has passed: {}.\n",
      join(steps, ", "));
}

}  // namespace

std::string explain(const Policy& policy) {
  std::string out = fmt::format(
      "{}: the canary is judged for {} after a deploy, every {}, beginning after {}.\n", policy.service,
      to_spoken(policy.window), to_spoken(policy.scrape.interval), to_spoken(policy.warmup));
  out += side_text("canary", policy.canary);
  if (has_targets(policy.baseline)) out += side_text("baseline", policy.baseline);
  out += "\n";
  for (const Check& check : policy.checks) out += check_text(check, policy);
  out += "\n" + plan_text(policy) + steps_text(policy);
  out += fmt::format(
      "When the canary has no traffic or exposes no such series, {}. When targets do not answer for {}, {}. "
      "When "
      "the window ends without enough to say, {}. When the baseline fails as well, {}.\n",
      fallback_text(policy.on_no_data), to_spoken(policy.on_blind.after),
      fallback_text(policy.on_blind.action), fallback_text(policy.on_inconclusive),
      fallback_text(policy.on_shared_failure));
  return out;
}

}  // namespace davy::config

#include "config/policy_check.hpp"

#include "core/base/duration_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace davy::config {
namespace {

void check_times(const Section& in, const Policy& policy) {
  if (policy.window < 2 * policy.scrape.interval) {
    in.problem("window",
               fmt::format("a window of {} holds fewer than two scrapes at an interval of {}",
                           davy::to_text(policy.window), davy::to_text(policy.scrape.interval)),
               "make the window longer or the interval shorter");
  }
  if (policy.warmup >= policy.window) {
    in.problem("warmup", "the warm-up is as long as the window, so nothing would ever be judged",
               "make it shorter");
  }
  if (policy.confidence <= 0.5 || policy.confidence >= 1) {
    in.problem("confidence", "confidence lies between 50% and 100%", "write 99%");
  }
}

void check_sides(const Section& in, const Policy& policy) {
  const SideSpec& canary = policy.canary;
  const SideSpec& baseline = policy.baseline;
  if (!has_targets(canary) || !has_targets(baseline)) return;
  if (canary.prometheus.has_value() != baseline.prometheus.has_value()) {
    in.problem(canary.prometheus ? "baseline" : "canary",
               "one side is scraped and the other asked of Prometheus, whose numbers are older and rarer",
               "let both sides come from prometheus:, or neither");
    return;
  }
  const bool same = canary.targets == baseline.targets && canary.files == baseline.files &&
                    canary.dns == baseline.dns && canary.kubernetes == baseline.kubernetes &&
                    canary.prometheus == baseline.prometheus;
  if (!same) return;
  // Queries tell the sides apart themselves.
  const bool selects = std::any_of(policy.checks.begin(), policy.checks.end(),
                                   [](const Check& check) { return check.kind != CheckKind::promql; });
  if (canary.prometheus && !selects && !canary.where && !baseline.where) return;
  if (!canary.where || !baseline.where) {
    if (canary.prometheus) {
      in.problem("canary",
                 "canary and baseline are asked of the same Prometheus, so one would be compared with itself",
                 "tell them apart with where: on both sides, like where: '{version=\"new\"}'");
      return;
    }
    in.problem("canary", "canary and baseline have the same targets, so one would be compared with itself",
               "tell them apart with where: on both sides");
  } else if (canary.where == baseline.where) {
    in.problem("canary.where", "canary and baseline select the same series",
               "make the two selectors different");
  }
}

void check_query(const Section& in, const Policy& policy, const Check& check, const std::string& place) {
  if (!policy.canary.prometheus) {
    in.problem(place + ".promql", "a query is asked of the side's Prometheus, and the canary names none",
               "write canary: {prometheus: {url: http://prometheus:9090}}");
  } else if (!check.baseline_query.empty() && !policy.baseline.prometheus) {
    in.problem(place + ".promql.baseline",
               "a query is asked of the side's Prometheus, and the baseline names none",
               "write baseline: {prometheus: {url: ...}}, with the canary's address or another");
  }
  if (check.max_increase && check.baseline_query.empty()) {
    in.problem(place + ".max_increase", "there is no query of the baseline to compare with",
               "write promql.baseline, or use max: alone");
  }
}

void check_checks(const Section& in, const Policy& policy) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < policy.checks.size(); ++i) {
    const Check& check = policy.checks[i];
    const std::string place = fmt::format("checks[{}]", i);
    if (!check.name.empty() && !seen.emplace(check.name, i).second) {
      in.problem(place + ".name", fmt::format("two checks are called '{}'", check.name),
                 "give each its own name");
    }
    if (check.kind == CheckKind::restarts && !policy.canary.kubernetes) {
      in.problem(place + ".restarts",
                 "restarts come from the Kubernetes API, and the canary is not found there",
                 "write canary: {kubernetes: ...}, or leave the check out");
    }
    if (check.kind == CheckKind::promql) check_query(in, policy, check, place);
    if (check.max_increase && !has_targets(policy.baseline)) {
      in.problem(place + ".max_increase", "there is no baseline to compare with",
                 "write baseline:, or use max: alone");
    }
  }
  if (policy.checks.empty() && in.has("checks") && !in.problems().has_errors_within("checks"))
    in.problem("checks", "there is no check", "write at least one");
}

void check_actions(const Section& in, const Policy& policy) {
  if (policy.mode == Mode::observe || in.has("rollback")) return;
  const bool acts = std::any_of(policy.checks.begin(), policy.checks.end(), [&](const Check& check) {
    return policy.responses.of(check.severity) == Response::rollback;
  });
  if (acts) {
    in.problem_here("a breach is answered with a rollback, and there is none",
                    "write rollback:, or mode: observe");
  }
}

void check_steps(const Section& in, const Policy& policy) {
  for (std::size_t i = 0; i < policy.steps.size(); ++i) {
    const StepSpec& step = policy.steps[i];
    const std::string place = fmt::format("steps[{}]", i);
    if (in.problems().has_errors_within(place)) continue;
    if (step.actions.empty()) in.problem(place + ".actions", "the step does nothing", "write one action");
    if (step.window <= policy.warmup) {
      in.problem(
          place + ".window",
          fmt::format("the step's window is no longer than the warm-up of {}, so nothing would be judged",
                      davy::to_text(policy.warmup)),
          "make it longer, or warmup shorter");
    }
  }
}

}  // namespace

void check_policy(const Section& in, const Policy& policy) {
  check_times(in, policy);
  check_sides(in, policy);
  check_checks(in, policy);
  check_actions(in, policy);
  check_steps(in, policy);
}

}  // namespace davy::config

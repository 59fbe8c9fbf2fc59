#include "app/policy_parts.hpp"

#include "app/registry.hpp"

#include <algorithm>

namespace davy::app {
namespace {

std::map<Severity, Response> responses_of(const config::Policy& policy) {
  std::map<Severity, Response> responses;
  for (const Severity severity : {Severity::p0, Severity::p1, Severity::p2, Severity::p3}) {
    responses[severity] = policy.responses.of(severity);
  }
  return responses;
}

// The checks that can roll back share the policy's alpha.
std::vector<Check> judged_checks(const config::Policy& policy) {
  std::vector<Check> checks = policy.checks;
  const auto shares = [&](const Check& check) {
    return check.kind != CheckKind::restarts && check.method == Method::sequential &&
           policy.responses.of(check.severity) == Response::rollback;
  };
  const auto sharing = static_cast<double>(std::count_if(checks.begin(), checks.end(), shares));
  for (Check& check : checks) {
    check.alpha = 1 - policy.confidence;
    check.alpha_share = shares(check) ? 1 / sharing : 1;
  }
  return checks;
}

// Whether a rollback helped is seen in the numbers of now, not in the evidence of the whole release.
std::vector<Check> verification_checks(const config::Policy& policy) {
  std::vector<Check> checks = policy.checks;
  for (Check& check : checks) check.method = Method::threshold;
  return checks;
}

}  // namespace

guard::GuardOptions guard_options(const config::Policy& policy) {
  guard::GuardOptions options;
  options.service = policy.service;
  for (const auto& [name, value] : policy.labels) options.labels[name] = value;
  options.observe_only = policy.mode == config::Mode::observe;
  options.interval = policy.scrape.interval;
  options.window = policy.window;
  options.warmup = policy.warmup;
  options.fallbacks = {policy.on_no_data,      policy.on_blind.action,   policy.on_blind.after,
                       policy.on_inconclusive, policy.on_shared_failure, options.observe_only,
                       policy.decide_early};
  for (const Check& check : policy.checks) {
    if (check.on_no_data) options.on_no_data[check.name] = *check.on_no_data;
  }
  const config::GuardRailSpec& rails = policy.guard_rails;
  options.rails = {rails.deadline, rails.verify_for, rails.cooldown, rails.at_most, rails.per};
  options.policy_digest = policy.digest;
  return options;
}

Result<collector::WindowBuilder> make_windows(const config::Policy& policy) {
  return collector::WindowBuilder::create(policy.checks, policy.canary, policy.baseline,
                                          {policy.warmup, policy.window, policy.scrape.interval});
}

std::unique_ptr<judge::Judge> make_judge(const config::Policy& policy) {
  return std::make_unique<judge::Judge>(judged_checks(policy), responses_of(policy), make_comparison);
}

std::unique_ptr<judge::Judge> make_verification_judge(const config::Policy& policy) {
  return std::make_unique<judge::Judge>(verification_checks(policy), responses_of(policy), make_comparison);
}

}  // namespace davy::app

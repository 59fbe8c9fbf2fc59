#include "app/gate_steps.hpp"

#include "app/registry.hpp"
#include "rollback/attempts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::app {
namespace asio = boost::asio;
namespace {

double seconds_between(WallTime from, WallTime to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

StepsAccount::StepsAccount(std::string service, std::string release, std::string revision, WallTime began) {
  incident_.service = std::move(service);
  incident_.release = std::move(release);
  incident_.revision = std::move(revision);
  incident_.deployed_at = incident_.ended_at = began;
}

void StepsAccount::performed(const std::string& step, const std::vector<ActionRecord>& actions, WallTime at) {
  for (const ActionRecord& action : actions) {
    timeline_.push_back({at, not_before_last(seconds_between(incident_.deployed_at, at)), "step",
                         fmt::format("{}: {}: {}", step, action.what, action.answer)});
    actions_.push_back(action);
  }
  incident_.timeline = timeline_;
  incident_.actions = actions_;
  incident_.ended_at = at;
}

Incident StepsAccount::with(const Incident& running) const {
  Incident merged = running;
  merged.release = incident_.release;
  merged.deployed_at = incident_.deployed_at;
  const double later_s = seconds_between(incident_.deployed_at, running.deployed_at);
  for (std::optional<double>* at :
       {&merged.onset_s, &merged.detected_s, &merged.acted_s, &merged.recovered_s}) {
    if (*at) **at += later_s;
  }
  merged.timeline = timeline_;
  for (TimelineEntry entry : running.timeline) {
    entry.since_deploy_s = not_before_last(entry.since_deploy_s + later_s);
    merged.timeline.push_back(std::move(entry));
  }
  merged.actions = actions_;
  merged.actions.insert(merged.actions.end(), running.actions.begin(), running.actions.end());
  return merged;
}

// Wall times are told in milliseconds, a window's in nanoseconds: what came later is not shown earlier for
// that.
double StepsAccount::not_before_last(double since_s) const {
  return timeline_.empty() ? since_s : std::max(since_s, timeline_.back().since_deploy_s);
}

void StepsAccount::window_over(const std::string& step, const Incident& incident) {
  incident_ = with(incident);
  incident_.sentence = fmt::format("step {}: {}", step, incident.sentence);
  timeline_ = incident_.timeline;
  actions_ = incident_.actions;
}

void StepsAccount::gave_up(const std::string& step, WallTime at) {
  incident_.end = Phase::needs_human;
  incident_.ended_at = at;
  incident_.sentence = fmt::format("step {} could not be taken: {}; nothing was rolled back", step,
                                   actions_.empty() ? "there is no action" : actions_.back().answer);
}

asio::awaitable<std::vector<ActionRecord>> take_step(asio::io_context& loop, Cluster& cluster,
                                                     std::shared_ptr<net::Resolver> resolver,
                                                     config::Policy policy, std::size_t step,
                                                     std::string release, std::string revision) {
  const rollback::ActuatorParts parts{loop.get_executor(), resolver, [&cluster] { return cluster.client(); }};
  const auto actuators = make_actuators(policy.steps[step].actions, parts);
  std::vector<ActionRecord> records;
  for (std::size_t i = 0; i < actuators.size(); ++i) {
    Action action;
    action.id = fmt::format("{}.{}.step.{}", release, step + 1, i + 1);
    action.purpose = Purpose::promote;
    action.service = policy.service;
    action.release = release;
    action.revision = revision;
    action.reason = "step " + policy.steps[step].name;
    action.decided_at = SystemClock().wall();
    action.deadline = SystemClock().now() + policy.guard_rails.deadline;
    for (const auto& [name, value] : policy.labels) action.facts[name] = value;
    const auto result =
        co_await rollback::attempt_until_deadline(loop.get_executor(), *actuators[i], action, {});
    records.push_back(result.record);
    if (!result.record.accepted) break;
  }
  co_return records;
}

}  // namespace davy::app

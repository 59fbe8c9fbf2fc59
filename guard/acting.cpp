// From the decision to the effect: the plan's actions in order, each recorded before and after, until one is
// verified.

#include "guard/guard.hpp"
#include "guard/record.hpp"
#include "rollback/attempts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::guard {
namespace asio = boost::asio;
using journal::EntryKind;
using telemetry::EventKind;
using telemetry::Level;

// A deploy system that has not taken a rollback by then is somebody's business.
constexpr std::chrono::seconds page_after{30};

Action Guard::action_for(Purpose purpose, std::string id, Instant deadline) const {
  Action action;
  action.id = std::move(id);
  action.purpose = purpose;
  action.service = options_.service;
  action.release = release_.incident.release;
  action.revision = release_.incident.revision;
  action.reason = release_.incident.verdict.sentence;
  action.decided_at = release_.decided_at;
  action.deadline = deadline;
  action.facts = options_.labels;
  for (const auto& [name, value] : release_.facts) action.facts[name] = value;
  return action;
}

// Rollbacks of earlier releases count; an operator's order and a plan already begun are not held back.
std::optional<std::string> Guard::rail_against_acting() {
  if (forced_ || release_.decided_at != WallTime{}) return std::nullopt;
  const WallTime now = parts_.clock->wall();
  const Duration reach = std::max(options_.rails.per, options_.rails.cooldown);
  const WallTime since = now - std::chrono::duration_cast<std::chrono::milliseconds>(reach);
  const auto outcomes = parts_.journal->of_kind(options_.service, EntryKind::outcome, since);
  if (!outcomes) return std::nullopt;  // a broken journal is said elsewhere; it does not protect a bad canary
  std::map<std::string, WallTime> by_release;
  for (const journal::Entry& entry : *outcomes) {
    const auto outcome = read_outcome(entry.body);
    if (outcome && outcome->record.accepted && entry.release != release_.incident.release)
      by_release[entry.release] = entry.at;
  }
  std::vector<WallTime> past;
  for (const auto& [release, at] : by_release) past.push_back(at);
  return forbidden(options_.rails, past, now);
}

asio::awaitable<void> Guard::act() {
  if (const auto rail = rail_against_acting()) {
    co_await take(Event::act_forbidden, fmt::format("not rolled back, a guard rail forbids it: {}; {}", *rail,
                                                    release_.incident.verdict.sentence));
    co_return;
  }
  const Instant now = parts_.clock->now();
  if (release_.decided_at == WallTime{}) release_.decided_at = parts_.clock->wall();
  const auto spent = std::chrono::duration_cast<Duration>(parts_.clock->wall() - release_.decided_at);
  const Duration left = options_.rails.deadline - std::max(spent, Duration::zero());
  const std::size_t first = release_.next_action;
  for (std::size_t i = first; i < parts_.rollback.size(); ++i) {
    // What is left is shared by what is left of the plan: one action that hangs leaves time for the next.
    const Duration gone = parts_.clock->now() - now;
    const Duration share = (left - gone) / static_cast<long>(parts_.rollback.size() - i);
    release_.next_action = i;
    if (co_await carry_out(i, parts_.clock->now() + share)) co_return;
    step("R09");
  }
  const std::string last =
      release_.incident.actions.empty() ? "there is no action left" : release_.incident.actions.back().answer;
  co_await take(Event::act_failed, fmt::format("the rollback was not carried out: {}", last));
}

// True when the plan need not go on: accepted, or superseded.
asio::awaitable<bool> Guard::carry_out(std::size_t index, Instant deadline) {
  rollback::Actuator& actuator = *parts_.rollback[index];
  const bool resumed = !release_.intent_id.empty();
  if (!resumed) {
    release_.intent_id = fmt::format("{}.rollback.{}", release_.incident.release, index + 1);
    record(EntryKind::intent, to_json(IntentRecord{release_.intent_id, index, std::string(actuator.kind())}));
  }
  const Action action = action_for(Purpose::rollback, release_.intent_id, deadline);
  emit(EventKind::intent, Level::warning,
       fmt::format("rolling back with {} ({})", actuator.kind(), action.id));
  step("R05");
  co_await save();

  rollback::AttemptsResult result;
  std::optional<DeployState> found;
  if (resumed) {
    // Before the restart it may have got through: look before asking again.
    const auto observed = co_await actuator.observe(&action);
    if (observed && observed->canary_serving == false) found = *observed;
  }
  if (found) {
    result.record.actuator = std::string(actuator.kind());
    result.record.id = action.id;
    result.record.accepted = true;
    result.record.what = "found done after a restart";
    result.record.answer = found->summary;
  } else {
    const Instant began = parts_.clock->now();
    const auto on_retry = [this, began](const Error& failure, Duration wait) {
      const bool page = parts_.clock->now() - began >= page_after;
      emit(EventKind::action_retry, page ? Level::error : Level::warning,
           fmt::format("{}; again in {:.1f} s", failure.message(), seconds(wait)));
    };
    result = co_await rollback::attempt_until_deadline(parts_.executor, actuator, action, on_retry,
                                                       parts_.may_act);
  }
  step("R08");
  record(EntryKind::outcome, to_json(OutcomeRecord{index, result.record, result.superseded}));
  release_.intent_id.clear();
  release_.incident.actions.push_back(result.record);
  if (result.superseded) {
    co_await take(Event::act_superseded, result.record.answer);
    co_return true;
  }
  const EventKind kind = result.record.accepted ? EventKind::action_accepted : EventKind::action_failed;
  emit(kind, result.record.accepted ? Level::info : Level::error,
       fmt::format("{}: {}", result.record.what, result.record.answer));
  note(result.record.accepted ? "answered" : "failed",
       fmt::format("{}: {}", result.record.what, result.record.answer));
  if (!result.record.accepted) co_return false;
  release_.incident.acted_s = seconds(parts_.clock->now() - release_.deployed_at);
  release_.verification.emplace(parts_.clock->now());
  release_.verifying_until = parts_.clock->now() + options_.rails.verify_for;
  step("R10");
  co_await take(Event::act_accepted, result.record.answer);
  co_return true;
}

asio::awaitable<void> Guard::verify(const Verdict& verdict) {
  rollback::Actuator& actuator = *parts_.rollback[release_.next_action];
  const std::string id = release_.incident.actions.empty() ? "" : release_.incident.actions.back().id;
  const Action action = action_for(Purpose::rollback, id, parts_.clock->now() + options_.interval);
  std::optional<DeployState> state;
  if (auto observed = co_await actuator.observe(&action)) state = std::move(*observed);
  if (state && !state->undone_by.empty()) {
    if (co_await apply_again(state->undone_by)) co_return;
    co_await give_up_verifying(
        fmt::format("{} has undone it again; the version has to go back at its source", state->undone_by));
    co_return;
  }
  const auto reading = release_.verification->look(parts_.windows->windows(), verdict, state);
  if (reading.verified) {
    release_.incident.actions.back().verified = true;
    release_.incident.recovered_s = seconds(parts_.clock->now() - release_.deployed_at);
    record(EntryKind::verified, "{}");
    emit(EventKind::verified, Level::info, reading.sentence);
    note("verified", reading.sentence);
    co_await take(Event::verified, fmt::format("rolled back, and {}. {}", reading.sentence,
                                               release_.incident.verdict.sentence));
    co_return;
  }
  if (parts_.clock->now() < *release_.verifying_until) co_return;
  co_await give_up_verifying(reading.sentence);
}

// Once: two controllers that undo each other for ever help nobody.
asio::awaitable<bool> Guard::apply_again(const std::string& undone_by) {
  if (release_.applied_again > 0 || !may_act()) co_return false;
  ++release_.applied_again;
  const std::string fought = fmt::format("{} has undone the rollback; it is applied once more", undone_by);
  emit(EventKind::action_retry, Level::error, fought);
  note("undone", fought);
  const std::size_t index = release_.next_action;
  release_.intent_id = release_.incident.actions.back().id;
  record(EntryKind::intent,
         to_json(IntentRecord{release_.intent_id, index, std::string(parts_.rollback[index]->kind())}));
  co_await save();
  const Action action =
      action_for(Purpose::rollback, release_.intent_id, parts_.clock->now() + options_.rails.deadline);
  const auto result = co_await rollback::attempt_until_deadline(parts_.executor, *parts_.rollback[index],
                                                                action, {}, parts_.may_act);
  record(EntryKind::outcome, to_json(OutcomeRecord{index, result.record, result.superseded}));
  release_.intent_id.clear();
  release_.incident.actions.push_back(result.record);
  note(result.record.accepted ? "answered" : "failed", result.record.answer);
  if (result.record.accepted) release_.verification.emplace(parts_.clock->now());
  co_return result.record.accepted;
}

asio::awaitable<void> Guard::give_up_verifying(const std::string& why) {
  emit(EventKind::not_verified, Level::error, why);
  if (release_.next_action + 1 < parts_.rollback.size()) {
    ++release_.next_action;
    release_.decided_at = parts_.clock->wall();  // the next action has the plan's whole deadline again
    co_await take(Event::next_action, "not verified: " + why);
  } else {
    co_await take(Event::not_verified, fmt::format("the rollback could not be verified: {}", why));
  }
}

asio::awaitable<void> Guard::promote() {
  std::string why = release_.incident.verdict.sentence;
  for (std::size_t i = 0; i < parts_.on_pass.size() && !options_.observe_only; ++i) {
    const std::string id = fmt::format("{}.promote.{}", release_.incident.release, i + 1);
    const Action action = action_for(Purpose::promote, id, parts_.clock->now() + options_.rails.deadline);
    const auto result = co_await rollback::attempt_until_deadline(parts_.executor, *parts_.on_pass[i], action,
                                                                  {}, parts_.may_act);
    release_.incident.actions.push_back(result.record);
    const EventKind kind = result.record.accepted ? EventKind::action_accepted : EventKind::action_failed;
    emit(kind, result.record.accepted ? Level::info : Level::error,
         fmt::format("{}: {}", result.record.what, result.record.answer));
    if (result.record.accepted) continue;
    why += "; but on_pass failed: " + result.record.answer;
    break;
  }
  finish(why);
}

}  // namespace davy::guard

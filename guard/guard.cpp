#include "guard/guard.hpp"

#include "core/base/text.hpp"
#include "core/net/into.hpp"
#include "guard/record.hpp"
#include "guard/recovery.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::guard {
namespace asio = boost::asio;
using journal::EntryKind;
using telemetry::EventKind;
using telemetry::Level;

Guard::Guard(GuardOptions options, GuardParts parts)
    : options_(std::move(options)), parts_(std::move(parts)), pause_(parts_.executor) {
  snapshot_.service = options_.service;
  snapshot_.mode = options_.observe_only ? "observe" : "enforce";
  snapshot_.window_s = seconds(options_.window);
  snapshot_.policy_digest = options_.policy_digest;
}

Result<void> Guard::recover() {
  const auto unfinished = parts_.journal->unfinished_release(options_.service);
  if (!unfinished) return unfinished.error();
  if (unfinished->empty()) return {};
  const auto entries = parts_.journal->of_release(options_.service, *unfinished);
  if (!entries) return entries.error();
  auto found = guard::recover(*entries, options_.rails, parts_.clock->now(), parts_.clock->wall());
  if (!found) return found.error();
  release_ = std::move(found->release);
  emit(EventKind::recovered, Level::warning,
       fmt::format("release {} was left {}; going on from there", *unfinished, to_text(release_.phase)));
  if (found->only_telling) {
    tell_people();
    return {};
  }
  if (parts_.releases) parts_.releases->watching(release_.facts);
  parts_.windows->start_release(release_.deployed_at);
  if (found->states.empty()) {
    parts_.judge->reset();
    if (parts_.verification_judge) parts_.verification_judge->reset();
  } else {
    parts_.judge->restore(found->states);
  }
  note("recovered", "Davy was restarted; the evidence so far was resumed");
  publish();
  return {};
}

void Guard::request(OperatorRequest request) {
  requests_.push_back(std::move(request));
  woken_ = true;
  pause_.cancel();
}

void Guard::stop() {
  stopping_ = true;
  pause_.cancel();
}

// A source that remembers shows the baseline's minutes before the release. A release that was under watch
// before a restart goes on with the evidence that it had.
asio::awaitable<void> Guard::look_back() {
  if (watching()) co_return;
  const std::vector<Batch> earlier = co_await parts_.source->history(parts_.clock->now());
  for (const Batch& batch : earlier) {
    if (parts_.on_batch) parts_.on_batch(batch);
    parts_.windows->add(batch);
  }
}

asio::awaitable<void> Guard::run(bool one_release) {
  co_await look_back();
  Instant next = parts_.clock->now();
  while (!stopping_) {
    co_await round();
    if (one_release && last_incident_) co_return;
    // A round that took too long is not made up for: ticks are never compressed.
    next = std::max(next + options_.interval, parts_.clock->now());
    pause_.expires_at(next);
    boost::system::error_code cancelled;
    if (!stopping_ && !woken_) co_await pause_.async_wait(net::into(cancelled));
    if (woken_) next = parts_.clock->now();
    woken_ = false;
  }
}

void Guard::start_release(const OperatorRequest& request, Instant now) {
  release_ = Release{};
  release_.phase = Phase::warming_up;
  release_.deployed_at = now;
  Incident& incident = release_.incident;
  incident.deployed_at = parts_.clock->wall();
  incident.service = options_.service;
  incident.release = request.release;
  if (incident.release.empty()) {
    const auto unix_ms = incident.deployed_at.time_since_epoch().count();
    incident.release = fmt::format("{}-{}", options_.service, unix_ms);
  }
  incident.revision = request.revision;
  incident.mode = snapshot_.mode;
  incident.policy_digest = options_.policy_digest;
  incident.window = options_.window;
  release_.facts = release_.announced = request.facts;
  arming_trouble_.clear();
  arm_again_at_ = {};
  if (parts_.releases) parts_.releases->watching(release_.facts);
  last_incident_.reset();
  forced_.reset();
  parts_.windows->start_release(release_.deployed_at);
  parts_.judge->reset();
  if (parts_.verification_judge) parts_.verification_judge->reset();
  record(EntryKind::release_started,
         to_json(StartedRecord{incident.revision, incident.policy_digest, incident.mode, release_.facts}));
  emit(EventKind::release_started, Level::info,
       fmt::format("watching release {}{}", incident.release,
                   incident.revision.empty() ? "" : " (" + incident.revision + ")"));
  note("deployed", "the window begins");
}

void Guard::drain_requests() {
  std::deque<OperatorRequest> later;
  const Instant now = parts_.clock->now();
  const auto taken_up = [&](const OperatorRequest& request) {
    if (parts_.on_request) parts_.on_request(request, now);
  };
  for (; !requests_.empty(); requests_.pop_front()) {
    OperatorRequest& request = requests_.front();
    using Kind = OperatorRequest::Kind;
    const bool acting = release_.phase == Phase::rolling_back || release_.phase == Phase::verifying;
    if (request.kind == Kind::start_release) {
      if (acting) {
        later.push_back(std::move(request));  // begins when the rollback under way has ended
        continue;
      }
      if (watching() && !request.facts.empty() && request.facts == release_.announced) {
        emit(EventKind::request_refused, Level::info,
             fmt::format("{} is being watched already", release_.incident.release));
        continue;
      }
      if (watching()) {
        release_.phase = guard::step(release_.phase, Event::newer_release).next;
        finish("a newer release took its place");
      }
      start_release(request, now);
      request.release = release_.incident.release;  // made here where nobody had named it
      taken_up(request);
      continue;
    }
    const bool other = !request.release.empty() && request.release != release_.incident.release;
    if (!watching() || acting || other) {
      emit(EventKind::request_refused, Level::warning, "a request came too late, or for another release");
      continue;
    }
    if (request.kind == Kind::rollback_now && options_.observe_only) {
      emit(EventKind::request_refused, Level::warning,
           "mode: observe never acts; set mode: enforce to roll back");
      continue;
    }
    taken_up(request);
    forced_ = std::move(request);  // one at a time: this round carries it out
    requests_.pop_front();
    std::move(requests_.begin(), requests_.end(), std::back_inserter(later));
    break;
  }
  requests_ = std::move(later);
}

void Guard::step(std::string_view name) const {
  if (parts_.at_step) parts_.at_step(name);
}

void Guard::emit(EventKind kind, Level level, std::string text) {
  telemetry::Event event;
  event.kind = kind;
  event.level = level;
  event.release = release_.incident.release;
  event.text = std::move(text);
  if (parts_.emit) parts_.emit(event);
}

void Guard::note(std::string what, std::string text) {
  const double since_s = seconds(parts_.clock->now() - release_.deployed_at);
  release_.incident.timeline.push_back({parts_.clock->wall(), since_s, std::move(what), std::move(text)});
}

// A journal that cannot be written must not stop a rollback: it is said loudly, and shown.
void Guard::record(EntryKind kind, std::string body) {
  if (kind == EntryKind::verdict) step("R02");
  const journal::Entry entry{0,    options_.service, release_.incident.release, parts_.clock->wall(),
                             kind, std::move(body)};
  const auto appended = parts_.journal->append(entry);
  snapshot_.journal_ok = appended.has_value();
  if (!appended) emit(EventKind::journal_failed, Level::error, appended.error().message());
}

void Guard::checkpoint() {
  if (!options_.checkpoints || !watching()) return;
  std::vector<SequentialState> states = parts_.judge->states();
  if (states == saved_states_) return;
  saved_states_ = std::move(states);
  record(EntryKind::checkpoint, to_json(CheckpointRecord{saved_states_}));
}

void Guard::finish(const std::string& why) {
  Incident& incident = release_.incident;
  incident.end = release_.phase;
  incident.ended_at = parts_.clock->wall();
  incident.sentence = why;
  note("ended", fmt::format("{}: {}", to_text(release_.phase), why));
  record(EntryKind::release_ended, to_json(EndedRecord{release_.phase, why}));
  step("R11");
  if (parts_.releases) parts_.releases->ended();
  // What is undecided stays as it is, for a human to decide; the rest may go on.
  const bool undecided = release_.phase == Phase::inconclusive || release_.phase == Phase::needs_human;
  if (!undecided && !options_.observe_only && release_.phase != Phase::healed)
    standing_down_.push_back(
        {action_for(Purpose::rollback, incident.release + ".end", {}), release_.phase == Phase::passed});
  tell_people();
}

void Guard::tell_people() {
  Incident& incident = release_.incident;
  const bool good = incident.end == Phase::passed || incident.end == Phase::healed;
  emit(EventKind::release_ended, good ? Level::info : Level::warning,
       fmt::format("{}: {}", to_text(incident.end), incident.sentence));
  last_incident_ = incident;
  if (parts_.tell) parts_.tell(incident);
  record(EntryKind::told, "{}");
  publish();
}

Incident Guard::so_far() const {
  Incident incident = release_.incident;
  incident.end = release_.phase;
  incident.ended_at = parts_.clock->wall();
  if (incident.deployed_at == WallTime{}) incident.deployed_at = incident.ended_at;
  incident.service = options_.service;
  incident.mode = snapshot_.mode;
  incident.policy_digest = options_.policy_digest;
  return incident;
}

void Guard::show(const Batch& batch) {
  snapshot_.targets.clear();
  std::vector<std::string> failing;
  for (const TargetReading& reading : batch.readings) {
    const char* sides = reading.for_canary ? (reading.for_baseline ? "both" : "canary") : "baseline";
    const std::string problem = reading.problem ? printable(reading.problem->message(), 300) : "";
    snapshot_.targets.push_back({reading.url, sides, !reading.problem, reading.took, reading.body_bytes,
                                 reading.sample_count, problem});
    if (!reading.problem) continue;
    failing.push_back(reading.target);
    // Said when it begins, not every round.
    if (std::find(failing_targets_.begin(), failing_targets_.end(), reading.target) ==
        failing_targets_.end()) {
      emit(EventKind::scrape_failed, Level::warning, problem);
    }
  }
  std::vector<std::string> troubles;
  for (const Error& problem : batch.problems) {
    troubles.push_back(printable(problem.message(), 500));
    if (std::find(discovery_troubles_.begin(), discovery_troubles_.end(), troubles.back()) ==
        discovery_troubles_.end())
      emit(EventKind::discovery_failed, Level::warning, troubles.back());
  }
  discovery_troubles_ = std::move(troubles);
  failing_targets_ = std::move(failing);
}

void Guard::publish() {
  const Incident& incident = release_.incident;
  snapshot_.release = incident.release;
  snapshot_.revision = incident.revision;
  snapshot_.phase = release_.phase;
  snapshot_.deployed_at = incident.deployed_at;
  snapshot_.elapsed_s = incident.release.empty() ? 0 : seconds(parts_.clock->now() - release_.deployed_at);
  snapshot_.timeline = incident.timeline;
  if (parts_.on_round) parts_.on_round(snapshot_);
}

}  // namespace davy::guard

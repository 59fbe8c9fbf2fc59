// What happens around a release besides judging it: it is noticed, the actuators are made ready and may hold
// its rollout back, and when it is over they are told.

#include "core/base/text.hpp"
#include "guard/guard.hpp"
#include "guard/record.hpp"

#include <fmt/format.h>

namespace davy::guard {
namespace asio = boost::asio;
using journal::EntryKind;
using telemetry::EventKind;
using telemetry::Level;

asio::awaitable<void> Guard::look_for_release() {
  if (!parts_.releases || co_await complete_announced()) co_return;
  const auto seen = co_await parts_.releases->look();
  const std::string trouble = seen ? "" : seen.error().message();
  if (!trouble.empty() && trouble != release_trouble_)
    emit(EventKind::discovery_failed, Level::warning, "releases cannot be noticed: " + trouble);
  release_trouble_ = trouble;
  if (seen && *seen) {
    OperatorRequest request;
    request.kind = OperatorRequest::Kind::start_release;
    request.release = (*seen)->release;
    request.revision = (*seen)->revision;
    request.facts = (*seen)->facts;
    requests_.push_back(std::move(request));
  }
}

// Somebody announced a release: which one that is, the source knows. True when there was one.
asio::awaitable<bool> Guard::complete_announced() {
  bool any = false;
  for (OperatorRequest& request : requests_) {
    if (request.kind != OperatorRequest::Kind::start_release || !request.facts.empty()) continue;
    any = true;
    const auto current = co_await parts_.releases->current();
    if (!current) {
      emit(EventKind::discovery_failed, Level::warning,
           "which revision is being deployed is not known: " + current.error().message());
      continue;
    }
    if (request.release.empty()) request.release = current->release;
    if (request.revision.empty()) request.revision = current->revision;
    request.facts = current->facts;
  }
  co_return any;
}

asio::awaitable<void> Guard::arm() {
  const Instant began = parts_.clock->now();
  if (!may_act() || began < arm_again_at_) co_return;
  std::map<std::string, std::string> facts;
  bool ready = true;
  for (const auto& actuator : parts_.rollback) {
    const Action action = action_for(Purpose::rollback, release_.incident.release + ".arm",
                                     parts_.clock->now() + options_.interval);
    const auto arming = co_await actuator->arm(action, !options_.observe_only);
    if (!arming) {
      const std::string trouble = printable(arming.error().message(), 500);
      if (trouble != arming_trouble_)
        emit(EventKind::arming, Level::warning,
             fmt::format("{} cannot be asked yet: {}", actuator->kind(), trouble));
      arming_trouble_ = trouble;
      snapshot_.action_ready = false;
      // A later round tries again; a deploy system that lets us wait may have a sixth of the time, the rest
      // is the judge's.
      const Instant now = parts_.clock->now();
      arm_again_at_ = now + 5 * (now - began);
      co_return;
    }
    for (const auto& [name, value] : arming->facts) facts[name] = value;
    for (const std::string& warning : arming->warnings) {
      const std::string text = printable(fmt::format("{}: {}", actuator->kind(), warning), 800);
      emit(EventKind::arming, Level::warning, text);
      note("arming", text);
    }
    ready = ready && arming->ready;
  }
  snapshot_.action_ready = ready || options_.observe_only;  // whoever never acts is not missing anything
  release_.armed = true;
  for (const auto& [name, value] : facts) release_.facts[name] = value;
  record(EntryKind::armed, to_json(ArmedRecord{facts}));
}

asio::awaitable<void> Guard::pace() {
  const bool undecided = release_.phase == Phase::warming_up || release_.phase == Phase::watching ||
                         release_.phase == Phase::suspecting || release_.phase == Phase::holding;
  if (options_.observe_only || !release_.armed || !undecided || !may_act()) co_return;
  for (const auto& actuator : parts_.rollback) {
    const Action action = action_for(Purpose::rollback, release_.incident.release + ".pace",
                                     parts_.clock->now() + options_.interval);
    const auto paced = co_await actuator->pace(action);
    if (!paced) {
      emit(EventKind::arming, Level::warning, printable(paced.error().message(), 500));
    } else if (!paced->empty()) {
      emit(EventKind::arming, Level::info, *paced);
      note("paced", *paced);
    }
  }
}

asio::awaitable<void> Guard::stand_down() {
  if (!may_act()) co_return;
  for (Ended& ended : std::exchange(standing_down_, {})) {
    ended.action.deadline = parts_.clock->now() + options_.rails.deadline;
    for (const auto& actuator : parts_.rollback) {
      const auto done = co_await actuator->stand_down(ended.action, ended.passed);
      if (!done) {
        emit(EventKind::arming, Level::error, printable(done.error().message(), 500));
      } else if (!done->empty()) {
        emit(EventKind::arming, Level::info, *done);
      }
    }
  }
}

asio::awaitable<void> Guard::save() {
  if (parts_.save) co_await parts_.save();
}

}  // namespace davy::guard

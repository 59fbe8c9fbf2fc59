#include "collector/store/window_builder.hpp"

#include <algorithm>
#include <cmath>

namespace davy::collector {
namespace {

// A target that discovery no longer names is remembered this long: names flap.
constexpr Duration target_kept = std::chrono::minutes(5);

// The server answered and has no number: seen, and no data.
bool is_seen(const QueryValue& query) {
  return !query.problem || query.problem->kind() == ErrorKind::not_found;
}

bool speaks_for(const TargetReading& reading, Side side) {
  return side == Side::canary ? reading.for_canary : reading.for_baseline;
}

}  // namespace

Result<WindowBuilder> WindowBuilder::create(std::vector<Check> checks, SideSpec canary, SideSpec baseline,
                                            WindowOptions options) {
  auto router = SeriesRouter::create(checks, canary, baseline);
  if (!router) return router.error();
  return WindowBuilder(std::move(checks), std::move(*router), std::move(canary), std::move(baseline),
                       options);
}

WindowBuilder::WindowBuilder(std::vector<Check> checks, SeriesRouter router, SideSpec canary,
                             SideSpec baseline, WindowOptions options)
    : checks_(std::move(checks)),
      windows_(checks_.begin(), checks_.end()),
      router_(std::move(router)),
      options_(options),
      wanted_(names_used_by(checks_)) {
  canary_.spec = std::move(canary);
  baseline_.spec = std::move(baseline);
}

void WindowBuilder::start_release(Instant deployed_at) {
  last_release_ = deployed_at;
  replaced_since_.reset();
  for (CheckWindow& window : windows_)
    window.start_release(deployed_at, options_.length, options_.warmup, options_.interval);
  ++places_;  // the slices have begun anew
}

void WindowBuilder::add(const Batch& batch) {
  add_queries(batch);
  if (batch.nothing_new) {
    for (const TargetReading& reading : batch.readings) targets_[reading.target].last_named = batch.at;
    for (const Side side : {Side::canary, Side::baseline}) look(batch, side);
    forget_targets(batch.at);
    return;
  }
  warning_.reset();
  for (CheckWindow* window : scraped()) window->begin_tick();
  for (const TargetReading& reading : batch.readings) {
    TargetState& target = targets_[reading.target];
    target.last_named = batch.at;
    register_members(reading);
    // A source that is behind lists whom it has nothing new of.
    const bool is_listed_only = batch.as_of && reading.samples.empty();
    if (!reading.problem && !is_listed_only) read(reading);
  }
  for (const InstanceState& instance : batch.instances) count(instance);
  const bool replaced = batch.baseline_replaced && last_release_;
  if (!replaced) replaced_since_.reset();
  if (replaced && !replaced_since_) replaced_since_ = batch.at;
  for (CheckWindow* window : scraped()) window->baseline_replaced(replaced);
  const Instant at = batch.as_of.value_or(batch.at);
  const auto length = last_tick_ ? std::optional(at - *last_tick_) : std::nullopt;
  for (CheckWindow* window : scraped()) window->close_tick(at, length);
  for (const Side side : {Side::canary, Side::baseline}) look(batch, side);
  last_tick_ = at;
  forget_targets(batch.at);
  bool moved = false;
  for (CheckWindow& window : windows_) moved = window.compact() || moved;
  if (!moved) return;
  ++places_;
  for (const Side side : {Side::canary, Side::baseline}) {
    std::erase_if(side_of(side).members,
                  [&](const auto& item) { return batch.at - item.second.last > target_kept; });
  }
}

// A side whose members are its targets lists them all, those too that have yet to show the check's series.
void WindowBuilder::register_members(const TargetReading& reading) {
  for (const Side side : {Side::canary, Side::baseline}) {
    if (!speaks_for(reading, side) || !side_of(side).spec.members.empty()) continue;
    for (CheckWindow& window : windows_) window.member(side, reading.target);
  }
}

void WindowBuilder::read(const TargetReading& reading) {
  TargetState& target = targets_[reading.target];
  const StoreStep& step = target.store.advance(reading);
  if (step.continuity != Continuity::continued) target.since = reading.at;
  if (step.warning) warning_ = step.warning;
  for (std::size_t i = 0; i < reading.samples.size(); ++i)
    count(reading, reading.samples[i], step.gains[i], target);
  target.places = places_;
  for (CheckWindow& window : windows_) window.end_reading(reading.target);
}

const std::vector<WindowBuilder::PlacedRoute>& WindowBuilder::place(const TargetReading& reading,
                                                                    const Sample& sample,
                                                                    const SeriesGain& gain,
                                                                    TargetState& target) {
  if (target.places != places_) {
    target.routes.clear();
    target.places = places_;
  }
  if (gain.id >= target.routes.size()) target.routes.resize(gain.id + 1);
  std::optional<std::vector<PlacedRoute>>& known = target.routes[gain.id];
  if (known && !gain.is_new_id) return *known;
  std::vector<PlacedRoute>& placed = known.emplace();
  for (Route& route : router_.routes(*sample.series, reading)) {
    CheckWindow& window = windows_[route.check];
    const std::size_t member = window.member(route.side, route.member);
    const std::size_t slice = window.slice(route.slice);
    placed.push_back({std::move(route), member, slice});
  }
  return placed;
}

bool WindowBuilder::is_warming(const TargetReading& reading, const TargetState& target, const Route& route) {
  Instant since = target.since;
  SideState& side = side_of(route.side);
  if (!side.spec.members.empty()) {
    LabelMember& member =
        side.members.emplace(route.member, LabelMember{reading.at, reading.at}).first->second;
    member.last = reading.at;
    since = std::max(since, member.since);
  }
  return options_.warmup > Duration::zero() && reading.at - since <= options_.warmup;
}

void WindowBuilder::count(const TargetReading& reading, const Sample& sample, const SeriesGain& gain,
                          TargetState& target) {
  for (const PlacedRoute& placed : place(reading, sample, gain, target)) {
    const Route& route = placed.route;
    CheckWindow& window = windows_[route.check];
    if (is_warming(reading, target, route)) window.warm(route.side, placed.member);
    if (route.role != Role::gauge && sample.value < 0) {
      window.reject(
          Error(ErrorKind::malformed, sample.series->name + " is a total and negative", "negative_counter"));
    }
    switch (route.role) {
      case Role::total: window.add_total(route.side, placed.member, placed.slice, gain.gained); break;
      case Role::errors: window.add_bad(route.side, placed.member, placed.slice, gain.gained); break;
      case Role::gauge: window.add_reading(route.side, placed.member, sample.value); break;
      case Role::bucket:
        window.add_bucket({route.group, route.side, placed.member, placed.slice, route.bound, sample.value,
                           gain.gained, gain.is_new});
        break;
    }
  }
}

void WindowBuilder::count(const InstanceState& instance) {
  const Side side = instance.for_canary ? Side::canary : Side::baseline;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].kind != CheckKind::restarts) continue;
    const double failures = static_cast<double>(instance.restarts) + (instance.trouble.empty() ? 0 : 1);
    windows_[i].add_reading(side, windows_[i].member(side, instance.target), failures);
    if (!instance.trouble.empty()) windows_[i].sight(side).trouble = instance.trouble;
  }
}

std::vector<CheckWindow*> WindowBuilder::scraped() {
  std::vector<CheckWindow*> out;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].kind != CheckKind::promql) out.push_back(&windows_[i]);
  }
  return out;
}

// A query's number is one reading of one member. A round in which the canary's could not be asked is no tick:
// nothing is known of it.
void WindowBuilder::add_queries(const Batch& batch) {
  const auto length = last_query_tick_ ? std::optional(batch.at - *last_query_tick_) : std::nullopt;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].kind != CheckKind::promql) continue;
    CheckWindow& window = windows_[i];
    const QueryValue* canary = nullptr;
    const QueryValue* baseline = nullptr;
    for (const QueryValue& query : batch.queries)
      if (query.check == checks_[i].name) (query.for_canary ? canary : baseline) = &query;
    if (canary == nullptr) continue;  // an earlier minute's batch
    last_query_tick_ = batch.at;
    if (is_seen(*canary)) {
      window.begin_tick();
      for (const QueryValue* query : {canary, baseline}) {
        if (query == nullptr || !query->value) continue;
        const Side side = query->for_canary ? Side::canary : Side::baseline;
        window.add_reading(side, window.member(side, "query"), *query->value);
      }
      window.close_tick(batch.at, length);
    }
    look(canary, window, Side::canary, batch.at);
    look(baseline, window, Side::baseline, batch.at);
  }
}

void WindowBuilder::look(const QueryValue* query, CheckWindow& window, Side side, Instant now) {
  SideSight& sight = window.sight(side);
  sight.asked = true;
  sight.targets = sight.targets_min = query == nullptr ? 0 : 1;
  sight.targets_up = query != nullptr && is_seen(*query) ? 1 : 0;
  sight.problem = query == nullptr ? std::nullopt : query->problem;
  std::optional<Instant>& blind_since = query_blind_since_[{window.window().check, side}];
  if (query == nullptr || sight.targets_up > 0) blind_since.reset();
  if (query != nullptr && sight.targets_up == 0 && !blind_since) blind_since = now;
  sight.blind_for = blind_since ? std::optional(now - *blind_since) : std::nullopt;
}

// How well the side could be seen, in words that are the same for all checks, and each check's own complaint.
void WindowBuilder::look(const Batch& batch, Side side) {
  SideState& state = side_of(side);
  SideSight sight;
  for (const TargetReading& reading : batch.readings) {
    if (!speaks_for(reading, side)) continue;
    ++sight.targets;
    if (!reading.problem) ++sight.targets_up;
    if (reading.problem && !sight.problem) sight.problem = reading.problem;
  }
  if (!sight.problem && !batch.problems.empty()) sight.problem = batch.problems.front();
  if (!state.first_round) state.first_round = batch.at;
  if (sight.targets_up > 0) state.last_seen = batch.at;
  if (sight.targets_up == 0) sight.blind_for = batch.at - state.last_seen.value_or(*state.first_round);
  for (CheckWindow* const each : scraped()) {
    CheckWindow& window = *each;
    SideSight& shown = window.sight(side);
    shown.asked = state.spec.prometheus.has_value();
    shown.targets = sight.targets;
    shown.targets_up = sight.targets_up;
    shown.targets_min = state.spec.min_targets;
    shown.blind_for = sight.blind_for;
    shown.problem = sight.problem;
    shown.replaced_for.reset();
    if (side == Side::baseline && replaced_since_) shown.replaced_for = batch.at - *replaced_since_;
    if (!shown.problem && window.rejected()) shown.problem = window.rejected();
    if (!shown.problem && warning_) shown.problem = warning_;
  }
}

void WindowBuilder::forget_targets(Instant now) {
  for (auto target = targets_.begin(); target != targets_.end();) {
    if (now - target->second.last_named <= target_kept) {
      ++target;
      continue;
    }
    for (CheckWindow& window : windows_) window.drop_target(target->first);
    target = targets_.erase(target);
  }
}

std::vector<const Window*> WindowBuilder::windows() const {
  std::vector<const Window*> out;
  for (const CheckWindow& window : windows_) out.push_back(&window.window());
  return out;
}

const Window* WindowBuilder::window(std::string_view check) const {
  for (const Window* window : windows()) {
    if (window->check == check) return window;
  }
  return nullptr;
}

}  // namespace davy::collector

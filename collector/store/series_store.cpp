#include "collector/store/series_store.hpp"

#include <algorithm>
#include <cmath>

namespace davy::collector {
namespace {

// Some runtimes compute their start time anew at every scrape, give or take some milliseconds.
constexpr double start_time_jitter_s = 1.0;
// Two clocks of one host, and the second's resolution of the Date header.
constexpr double server_time_slack_s = 2.0;
// A total that is a float may lose its last bit on the way.
constexpr double noise = 1e-12;
// After this long a gain says nothing about now.
constexpr Duration gap_max = std::chrono::minutes(5);
// Vanished series are remembered until there are this many, or as many again as are exposed.
constexpr std::size_t vanished_max = 10'000;

bool counts(const Series& series) {
  return series.type != MetricType::gauge && series.type != MetricType::state_set &&
         series.type != MetricType::info;
}

std::string identity_of(const Series& series) {
  std::string out = series.name;
  for (const auto& [name, value] : series.labels)
    out.append(1, '\xff').append(name).append(1, '\xff').append(value);
  return out;
}

}  // namespace

const StoreStep& SeriesStore::advance(const TargetReading& reading) {
  step_.gains.clear();
  step_.warning.reset();
  step_.continuity = compare(reading);
  if (step_.continuity == Continuity::continued && fell(reading)) step_.continuity = Continuity::reset;
  if (step_.continuity == Continuity::first) {
    states_.clear();
    identities_.clear();
    free_ids_.clear();
    next_id_ = 0;
    has_forgotten_ = false;
  }
  ++scrape_;
  step_.gains.reserve(reading.samples.size());
  for (const Sample& sample : reading.samples) {
    bool is_known = false;
    State& state = state_of(sample.series, is_known);
    const bool was_there = is_known && state.scrape + 1 == scrape_;
    step_.gains.push_back({state.id, gain(state, sample, step_.continuity, is_known), !was_there, !is_known});
    state.value = sample.value;
    state.created = sample.created;
    state.scrape = scrape_;
  }
  process_start_time_ = reading.process_start_time;
  server_time_ = reading.server_time;
  last_at_ = reading.at;
  if (step_.continuity == Continuity::restarted) {
    forget_vanished();
    has_forgotten_ = false;
  }
  if (states_.size() > reading.samples.size() + std::max(vanished_max, reading.samples.size())) {
    forget_vanished();
    has_forgotten_ = true;
  }
  return step_;
}

Continuity SeriesStore::compare(const TargetReading& reading) const {
  if (scrape_ == 0 || reading.at - last_at_ > gap_max) return Continuity::first;
  if (!process_start_time_ || !reading.process_start_time) {
    // It has only now begun, or ceased, to say when it started: whether it is the same process is not known.
    return process_start_time_.has_value() == reading.process_start_time.has_value() ? Continuity::continued
                                                                                     : Continuity::first;
  }
  const double later_by = *reading.process_start_time - *process_start_time_;
  if (std::fabs(later_by) <= start_time_jitter_s) return Continuity::continued;
  if (later_by < 0) return Continuity::first;  // an older process: another one has this address now
  // A newer process is a restart, unless it was there already when we last looked at its predecessor.
  if (reading.server_time) {
    const double age = *reading.server_time - *reading.process_start_time;
    if (age > seconds(reading.at - last_at_) + server_time_slack_s) return Continuity::first;
  }
  return Continuity::restarted;
}

bool SeriesStore::fell(const TargetReading& reading) {
  return std::any_of(reading.samples.begin(), reading.samples.end(), [&](const Sample& sample) {
    if (!counts(*sample.series)) return false;
    const auto known = states_.find(sample.series.get());
    if (known == states_.end() || known->second.scrape != scrape_) return false;
    const State& before = known->second;
    if (sample.created && before.created && *sample.created > *before.created) return false;  // explained
    return sample.value < before.value - noise * std::fabs(before.value);
  });
}

SeriesStore::State& SeriesStore::state_of(const SeriesRef& series, bool& is_known) {
  const auto found = states_.find(series.get());
  is_known = found != states_.end();
  if (is_known) return found->second;
  // An object not seen before: a new series, a known one interned anew, or a known one whose type has
  // changed.
  const Series*& known = identities_[identity_of(*series)];
  State state{series, 0, 0, {}, 0};
  if (known != nullptr && known != series.get()) {
    auto old = states_.extract(known);
    if (!old.empty()) {
      const State& before = old.mapped();
      if (before.series->type == series->type) {
        state = before;
        state.series = series;
        is_known = true;
      } else {
        step_.warning =
            Error(ErrorKind::malformed,
                  "the type of " + series->name + " has changed; its totals so far no longer count",
                  "type_changed");
        state.created = std::nan("");  // not comparable with anything
        free_ids_.push_back(before.id);
      }
    }
  }
  if (!is_known) state.id = take_id();
  known = series.get();
  return states_.emplace(series.get(), std::move(state)).first->second;
}

std::optional<double> SeriesStore::gain(const State& state, const Sample& sample, Continuity continuity,
                                        bool is_known) const {
  if (!std::isfinite(sample.value) || (counts(*sample.series) && sample.value < 0)) return std::nullopt;
  switch (continuity) {
    case Continuity::first:
    case Continuity::reset: return std::nullopt;
    case Continuity::restarted: return sample.value;
    case Continuity::continued: break;
  }
  if (!is_known) {
    if (has_forgotten_ || (state.created && std::isnan(*state.created))) return std::nullopt;
    // Created before we last looked, and yet not seen then: nobody knows what it was at that time.
    if (sample.created && server_time_ && *sample.created < *server_time_ - server_time_slack_s)
      return std::nullopt;
    return sample.value;
  }
  if (sample.created && state.created && *sample.created != *state.created) {
    if (*sample.created > *state.created) return sample.value;
    return std::nullopt;
  }
  if (!std::isfinite(state.value) || state.value < 0) return std::nullopt;
  const double gained = sample.value - state.value;
  if (gained >= 0) return gained;
  // It had vanished and starts again, or lost its last bit.
  return state.scrape + 1 == scrape_ ? 0 : sample.value;
}

std::uint32_t SeriesStore::take_id() {
  if (free_ids_.empty()) return next_id_++;
  const std::uint32_t id = free_ids_.back();
  free_ids_.pop_back();
  return id;
}

void SeriesStore::forget_vanished() {
  std::erase_if(states_, [&](const auto& item) {
    if (item.second.scrape == scrape_) return false;
    free_ids_.push_back(item.second.id);
    return true;
  });
  identities_.clear();
  for (const auto& [series, state] : states_) identities_.emplace(identity_of(*series), series);
}

}  // namespace davy::collector

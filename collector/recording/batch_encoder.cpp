#include "collector/recording/batch_codec.hpp"
#include "collector/recording/batch_flags.hpp"
#include "collector/recording/value_stream.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace davy::collector::recording {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

// By series, what the target's last answer said.
std::unordered_map<std::uint32_t, std::size_t> places_of(const TargetMemory& memory) {
  std::unordered_map<std::uint32_t, std::size_t> places;
  for (std::size_t i = 0; i < memory.series.size(); ++i) places.emplace(memory.series[i], i);
  return places;
}

}  // namespace

std::string BatchEncoder::encode(const Batch& batch) {
  out_.bytes.clear();
  out_.signed_number((batch.at - last_).count());
  last_ = batch.at;
  out_.number((batch.baseline_replaced ? is_replaced : 0U) | (batch.nothing_new ? has_nothing_new : 0U) |
              (batch.as_of ? has_as_of : 0U));
  if (batch.as_of) out_.signed_number((batch.at - *batch.as_of).count());
  out_.number(batch.instances.size());
  for (const InstanceState& instance : batch.instances) {
    text(instance.target);
    out_.flag(instance.for_canary);
    out_.signed_number(instance.restarts);
    text(instance.trouble);
  }
  out_.number(batch.problems.size());
  for (const Error& problem : batch.problems) error(problem);
  out_.number(batch.queries.size());
  for (const QueryValue& one : batch.queries) query(one);
  out_.number(batch.readings.size());
  for (const TargetReading& one : batch.readings) reading(one, batch.at);
  return out_.bytes;
}

void BatchEncoder::text(std::string_view value) {
  const auto [place, is_new] = texts_.emplace(std::string(value), texts_.size());
  out_.number(place->second);
  if (is_new) out_.text(value);
}

void BatchEncoder::labels(const Labels& labels) {
  out_.number(labels.size());
  for (const auto& [name, value] : labels) {
    text(name);
    text(value);
  }
}

void BatchEncoder::error(const Error& error) {
  out_.number(static_cast<std::uint64_t>(error.kind()));
  text(error.message());
  text(error.cause());
}

void BatchEncoder::query(const QueryValue& query) {
  text(query.check);
  out_.number((query.for_canary ? asked_for_canary : 0U) | (query.value ? has_number : 0U) |
              (query.problem ? has_trouble : 0U));
  if (query.value) {
    double& before = numbers_[{query.check, query.for_canary}];
    ValueWriter number(out_);
    number.put(*query.value, before);
    number.end();
    before = *query.value;
  }
  if (query.problem) error(*query.problem);
}

void BatchEncoder::reading(const TargetReading& reading, Instant round) {
  text(reading.target);
  const auto [place, is_new] = targets_.try_emplace(reading.target);
  TargetMemory& memory = place->second;
  const bool described = is_new || memory.url != reading.url || memory.labels != reading.labels;
  out_.number((reading.for_canary ? for_canary : 0U) | (reading.for_baseline ? for_baseline : 0U) |
              (described ? is_described : 0U) | (reading.problem ? has_problem : 0U) |
              (reading.process_start_time ? has_start_time : 0U) |
              (reading.server_time ? has_server_time : 0U) | (reading.samples.empty() ? 0U : has_samples));
  if (described) {
    text(memory.url = reading.url);
    labels(memory.labels = reading.labels);
  }
  out_.signed_number(reading.took.count());
  out_.signed_number((reading.at - round - reading.took).count());
  const auto moved = [this](std::uint64_t now, std::uint64_t& before) {
    out_.signed_number(static_cast<std::int64_t>(now - before));
    before = now;
  };
  moved(reading.body_bytes, memory.body_bytes);
  moved(reading.sample_count, memory.sample_count);
  out_.number(reading.duplicate_samples);
  out_.number(reading.timestamped_samples);
  ValueWriter times(out_);
  if (reading.process_start_time) {
    times.put(*reading.process_start_time, memory.process_start_time);
    memory.process_start_time = *reading.process_start_time;
  }
  if (reading.server_time) {
    times.put(*reading.server_time, memory.server_time);
    memory.server_time = *reading.server_time;
  }
  times.end();
  if (reading.problem) error(*reading.problem);
  if (!reading.samples.empty()) samples(reading, memory);
}

void BatchEncoder::samples(const TargetReading& reading, TargetMemory& memory) {
  std::vector<std::uint32_t> series;
  series.reserve(reading.samples.size());
  for (const Sample& sample : reading.samples) series.push_back(number_of(sample.series));
  const bool same = series == memory.series;
  out_.flag(!same);
  if (!same) {
    const auto places = places_of(memory);
    std::vector<double> values, created;
    out_.number(series.size());
    for (const std::uint32_t number : series) {
      out_.number(number);
      if (number == defined_) {
        const Series& now = *kept_[defined_++];
        out_.number(static_cast<std::uint64_t>(now.type));
        text(now.name);
        labels(now.labels);
      }
      const auto before = places.find(number);
      values.push_back(before == places.end() ? 0 : memory.values[before->second]);
      created.push_back(before == places.end() ? none : memory.created[before->second]);
    }
    memory.series = std::move(series);
    memory.values = std::move(values);
    memory.created = std::move(created);
  }
  ValueWriter values(out_);
  for (std::size_t i = 0; i < reading.samples.size(); ++i) {
    values.put(reading.samples[i].value, memory.values[i]);
    memory.values[i] = reading.samples[i].value;
  }
  values.end();
  ValueWriter created(out_);
  for (std::size_t i = 0; i < reading.samples.size(); ++i) {
    created.put(reading.samples[i].created.value_or(none), memory.created[i]);
    memory.created[i] = reading.samples[i].created.value_or(none);
  }
  created.end();
}

std::uint32_t BatchEncoder::number_of(const SeriesRef& series) {
  const auto [place, is_new] = series_.emplace(series.get(), static_cast<std::uint32_t>(kept_.size()));
  if (is_new) kept_.push_back(series);
  return place->second;
}

}  // namespace davy::collector::recording

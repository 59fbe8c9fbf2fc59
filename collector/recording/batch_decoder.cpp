#include "collector/recording/batch_codec.hpp"
#include "collector/recording/batch_flags.hpp"
#include "collector/recording/value_stream.hpp"

#include <cmath>
#include <limits>

namespace davy::collector::recording {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::optional<double> unless_none(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

template <class Enum>
Enum one_of(std::uint64_t number, Enum last) {
  if (number > static_cast<std::uint64_t>(last)) throw MalformedBytes("a kind that is not known");
  return static_cast<Enum>(number);
}

}  // namespace

SeriesRef SeriesPool::intern(Series series) {
  std::string identity = series.name;
  identity.append(1, static_cast<char>(series.type));
  for (const auto& [name, value] : series.labels)
    identity.append(1, '\xff').append(name).append(1, '\xff').append(value);
  SeriesRef& known = known_[std::move(identity)];
  if (!known) known = std::make_shared<const Series>(std::move(series));
  return known;
}

Batch BatchDecoder::decode(std::string_view payload) {
  ByteReader in(payload);
  Batch batch;
  batch.at = last_ = last_ + Duration(in.signed_number());
  const std::uint64_t flags = in.number();
  batch.baseline_replaced = (flags & is_replaced) != 0;
  batch.nothing_new = (flags & has_nothing_new) != 0;
  if ((flags & has_as_of) != 0) batch.as_of = batch.at - Duration(in.signed_number());
  for (std::size_t left = in.count(); left > 0; --left) {
    InstanceState instance;
    instance.target = text(in);
    instance.for_canary = in.flag();
    instance.restarts = in.signed_number();
    instance.trouble = text(in);
    batch.instances.push_back(std::move(instance));
  }
  for (std::size_t left = in.count(); left > 0; --left) batch.problems.push_back(error(in));
  for (std::size_t left = in.count(); left > 0; --left) batch.queries.push_back(query(in));
  for (std::size_t left = in.count(); left > 0; --left) batch.readings.push_back(reading(in, batch.at));
  if (!in.at_end()) throw MalformedBytes("a round goes on too long");
  return batch;
}

std::string BatchDecoder::text(ByteReader& in) {
  const std::uint64_t number = in.number();
  if (number > texts_.size()) throw MalformedBytes("a text that is not known");
  if (number == texts_.size()) texts_.emplace_back(in.text());
  return texts_[number];
}

Labels BatchDecoder::labels(ByteReader& in) {
  std::vector<Labels::Pair> pairs;
  for (std::size_t left = in.count(); left > 0; --left) {
    std::string name = text(in);
    pairs.emplace_back(std::move(name), text(in));
  }
  return Labels(std::move(pairs));
}

Error BatchDecoder::error(ByteReader& in) {
  const ErrorKind kind = one_of(in.number(), ErrorKind::unavailable);
  std::string message = text(in);
  return {kind, std::move(message), text(in)};
}

QueryValue BatchDecoder::query(ByteReader& in) {
  QueryValue query;
  query.check = text(in);
  const std::uint64_t flags = in.number();
  query.for_canary = (flags & asked_for_canary) != 0;
  if ((flags & has_number) != 0) {
    double& before = numbers_[{query.check, query.for_canary}];
    ValueReader number(in);
    query.value = before = number.get(before);
    number.end();
  }
  if ((flags & has_trouble) != 0) query.problem = error(in);
  return query;
}

TargetReading BatchDecoder::reading(ByteReader& in, Instant round) {
  TargetReading reading;
  reading.target = text(in);
  TargetMemory& memory = targets_[reading.target];
  const std::uint64_t flags = in.number();
  reading.for_canary = (flags & for_canary) != 0;
  reading.for_baseline = (flags & for_baseline) != 0;
  if ((flags & is_described) != 0) {
    memory.url = text(in);
    memory.labels = labels(in);
  }
  reading.url = memory.url;
  reading.labels = memory.labels;
  reading.took = Duration(in.signed_number());
  reading.at = round + reading.took + Duration(in.signed_number());
  reading.body_bytes = memory.body_bytes += static_cast<std::uint64_t>(in.signed_number());
  reading.sample_count = memory.sample_count += static_cast<std::uint64_t>(in.signed_number());
  reading.duplicate_samples = in.number();
  reading.timestamped_samples = in.number();
  ValueReader times(in);
  if ((flags & has_start_time) != 0)
    reading.process_start_time = memory.process_start_time = times.get(memory.process_start_time);
  if ((flags & has_server_time) != 0)
    reading.server_time = memory.server_time = times.get(memory.server_time);
  times.end();
  if ((flags & has_problem) != 0) reading.problem = error(in);
  if ((flags & has_samples) != 0) samples(in, reading, memory);
  return reading;
}

void BatchDecoder::new_series(ByteReader& in) {
  Series series;
  series.type = one_of(in.number(), MetricType::info);
  series.name = text(in);
  series.labels = labels(in);
  series_.push_back(pool_.intern(std::move(series)));
}

void BatchDecoder::samples(ByteReader& in, TargetReading& reading, TargetMemory& memory) {
  if (in.flag()) {
    std::unordered_map<std::uint32_t, std::size_t> places;
    for (std::size_t i = 0; i < memory.series.size(); ++i) places.emplace(memory.series[i], i);
    TargetMemory now = memory;
    now.series.clear();
    now.values.clear();
    now.created.clear();
    for (std::size_t left = in.count(); left > 0; --left) {
      const std::uint64_t number = in.number();
      if (number > series_.size()) throw MalformedBytes("a series that is not known");
      if (number == series_.size()) new_series(in);
      const auto before = places.find(static_cast<std::uint32_t>(number));
      now.series.push_back(static_cast<std::uint32_t>(number));
      now.values.push_back(before == places.end() ? 0 : memory.values[before->second]);
      now.created.push_back(before == places.end() ? none : memory.created[before->second]);
    }
    memory = std::move(now);
  }
  ValueReader values(in);
  for (double& value : memory.values) value = values.get(value);
  values.end();
  ValueReader created(in);
  for (double& value : memory.created) value = created.get(value);
  created.end();
  reading.samples.reserve(memory.series.size());
  for (std::size_t i = 0; i < memory.series.size(); ++i)
    reading.samples.push_back({series_[memory.series[i]], memory.values[i], unless_none(memory.created[i])});
}

}  // namespace davy::collector::recording

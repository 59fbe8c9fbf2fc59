#include "app/given_series.hpp"

#include <algorithm>
#include <map>

namespace davy::app {
namespace recording = collector::recording;
using config::SeriesValue;
namespace {

constexpr Duration usual_history = std::chrono::minutes(1);

struct GivenSample {
  SeriesRef series;
  const std::vector<SeriesValue>* values;
};

struct Instance {
  bool canary = false, baseline = false;
  std::vector<GivenSample> samples;
};

MetricType type_of(const Selector& series, const config::Policy& policy) {
  const bool gauge = std::any_of(policy.checks.begin(), policy.checks.end(), [&](const Check& check) {
    return check.kind == CheckKind::gauge && check.gauge.metric == series.metric;
  });
  return gauge ? MetricType::gauge : MetricType::counter;
}

SeriesRef series_of(const Selector& selector, MetricType type) {
  Series series{selector.metric, {}, type};
  for (const LabelMatcher& matcher : selector.matchers) series.labels.set(matcher.label, matcher.value);
  return std::make_shared<const Series>(std::move(series));
}

std::map<std::string, Instance> instances_of(const config::TestCase& test, const config::Policy& policy) {
  std::map<std::string, Instance> instances;
  for (const config::GivenSeries& given : test.series) {
    for (const std::string& name : given.instances) {
      Instance& instance = instances[name];
      (given.side == Side::canary ? instance.canary : instance.baseline) = true;
      const SeriesRef series = series_of(given.series, type_of(given.series, policy));
      instance.samples.push_back({series, &given.values});
    }
  }
  return instances;
}

// A series that has ended is not there any more.
SeriesValue at(const std::vector<SeriesValue>& values, std::size_t round) {
  return round < values.size() ? values[round] : SeriesValue{SeriesValue::Kind::missing, 0};
}

TargetReading reading_of(const std::string& name, const Instance& instance, std::size_t round, Instant now) {
  TargetReading reading;
  reading.target = name;
  reading.url = "http://" + name + "/metrics";
  reading.for_canary = instance.canary;
  reading.for_baseline = instance.baseline;
  reading.at = now;
  for (const GivenSample& sample : instance.samples) {
    const SeriesValue value = at(*sample.values, round);
    if (value.kind == SeriesValue::Kind::down)
      reading.problem =
          Error(ErrorKind::unreachable, "scrape " + reading.url + ": connection refused", "refused");
    if (value.kind == SeriesValue::Kind::number) reading.samples.push_back({sample.series, value.value, {}});
  }
  reading.sample_count = reading.samples.size();
  if (reading.problem) reading.samples.clear();
  return reading;
}

}  // namespace

recording::Recording recording_of(const config::TestCase& test, const config::Policy& policy) {
  recording::Recording out;
  out.head.service = policy.service;
  out.head.interval = test.interval.value_or(policy.scrape.interval);
  out.head.since = Instant(std::chrono::hours(1));
  const auto instances = instances_of(test, policy);
  std::size_t rounds = 0;
  for (const auto& given : test.series) rounds = std::max(rounds, given.values.size());
  const Duration release = test.release.value_or(usual_history);
  bool begun = false;
  for (std::size_t i = 0; i < rounds; ++i) {
    const Duration since = static_cast<long>(i) * out.head.interval;
    recording::Round round;
    round.batch.at = out.head.since + since;
    if (since >= release && !std::exchange(begun, true)) {
      OperatorRequest begin;
      begin.kind = OperatorRequest::Kind::start_release;
      begin.release = test.name;
      round.requests.push_back({std::move(begin), round.batch.at});
    }
    for (const auto& [name, instance] : instances)
      round.batch.readings.push_back(reading_of(name, instance, i, round.batch.at));
    out.rounds.push_back(std::move(round));
  }
  return out;
}

}  // namespace davy::app

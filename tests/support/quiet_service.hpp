#pragma once

// A quiet service as a recording: so many equal instances, each with random requests, errors and durations,
// and nothing ever wrong. The same seed gives the same recording.

#include "collector/recording/recording.hpp"

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace davy::test {

struct QuietService {
  int instances = 4;
  double rps = 50;  // of each
  double error_share = 0.01;
  double median_s = 0.03;  // durations, log-normal
  Duration interval = std::chrono::seconds(5);
  Duration length = std::chrono::minutes(20);
  unsigned seed = 1;
  std::string label;  // members by this label, all in one target; empty: a target each
};

inline collector::recording::Recording recorded(const QuietService& service) {
  static constexpr std::array<double, 8> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, HUGE_VAL};
  std::mt19937 random(service.seed);
  struct Instance {
    std::string name;
    std::vector<SeriesRef> series;
    std::vector<double> values;
  };
  std::vector<Instance> instances;
  for (int i = 0; i < service.instances; ++i) {
    Instance one{"i" + std::to_string(i), {}, {}};
    const auto add = [&](const char* name, Labels labels, MetricType type) {
      if (!service.label.empty()) labels.set(service.label, one.name);
      one.series.push_back(std::make_shared<const Series>(Series{name, std::move(labels), type}));
      one.values.push_back(0);
    };
    add("requests_total", {{"code", "200"}}, MetricType::counter);
    add("requests_total", {{"code", "500"}}, MetricType::counter);
    for (const char* le : {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "+Inf"})
      add("duration_seconds_bucket", {{"le", le}}, MetricType::histogram);
    instances.push_back(std::move(one));
  }
  collector::recording::Recording out;
  out.head.service = "quiet";
  out.head.interval = service.interval;
  out.head.since = Instant{std::chrono::hours(2)};
  for (Duration t{}; t <= service.length; t += service.interval) {
    collector::recording::Round round;
    round.batch.at = out.head.since + t;
    for (Instance& one : instances) {
      const int n = std::poisson_distribution<int>(service.rps * seconds(service.interval))(random);
      const int bad = std::binomial_distribution<int>(n, service.error_share)(random);
      one.values[0] += n - bad;
      one.values[1] += bad;
      for (int i = 0; i < n; ++i) {
        const double took = std::lognormal_distribution<double>(std::log(service.median_s), 0.6)(random);
        for (std::size_t b = 0; b < bounds.size(); ++b)
          if (took <= bounds[b]) one.values[2 + b] += 1;
      }
      TargetReading reading;
      reading.target = service.label.empty() ? one.name : "proxy";
      reading.url = "http://" + reading.target + "/metrics";
      reading.for_baseline = true;
      reading.at = round.batch.at;
      for (std::size_t s = 0; s < one.series.size(); ++s)
        reading.samples.push_back({one.series[s], one.values[s], {}});
      if (!service.label.empty() && !round.batch.readings.empty()) {
        auto& all = round.batch.readings.front().samples;
        all.insert(all.end(), reading.samples.begin(), reading.samples.end());
      } else {
        round.batch.readings.push_back(std::move(reading));
      }
    }
    for (TargetReading& reading : round.batch.readings) reading.sample_count = reading.samples.size();
    out.rounds.push_back(std::move(round));
  }
  return out;
}

}  // namespace davy::test

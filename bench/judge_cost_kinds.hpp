#pragma once

// The kinds of check whose cost is measured, each with streams for it: at so many requests a second of every
// pod (where it has requests), from an even service or a noisy one.

#include "bench/detection/check_judge.hpp"
#include "bench/detection/error_stream.hpp"
#include "bench/detection/gauge_stream.hpp"
#include "bench/detection/latency_stream.hpp"
#include "judge/sequential/sampler.hpp"

#include <memory>

namespace davy::bench {

struct ErrorsAt {
  using Source = ErrorStream;
  using StreamType = Stream;
  static Check check() {
    Check check;
    check.name = "errors";
    check.max = 0.02;
    check.max_increase = Increase{Increase::Kind::relative, 0.5};
    check.ignore_increase_below = 0.005;
    return check;
  }
  static std::unique_ptr<judge::Sampler> sampler() { return judge::make_rate_sampler(); }
  static Source source(double rps, bool noisy) {
    Scenario scenario;
    scenario.id = 1;
    scenario.condition = noisy ? Condition::gamma : Condition::iid;
    scenario.canary_rps = rps;
    scenario.base_error = 0.01;
    return Source(scenario);
  }
};

struct LatencyAt {
  using Source = LatencyStreams;
  using StreamType = LatencyStream;
  static Check check() { return p99_check(1.5); }
  static std::unique_ptr<judge::Sampler> sampler() { return judge::make_latency_sampler(check()); }
  static Source source(double rps, bool noisy) {
    LatencyScenario scenario;
    scenario.id = 1;
    scenario.distribution = Distribution::lognormal;
    scenario.condition = noisy ? LatencyCondition::pause : LatencyCondition::iid;
    scenario.rps = rps;
    return Source(scenario);
  }
};

struct Gauges {
  using Source = GaugeStreams;
  using StreamType = GaugeStream;
  static Check check() { return gauge_check(0.2); }
  static std::unique_ptr<judge::Sampler> sampler() { return judge::make_gauge_sampler(); }
  static Source source(double, bool noisy) {
    GaugeScenario scenario;
    scenario.id = 1;
    scenario.memory = noisy ? 0.8 : 0;
    return Source(scenario);
  }
};

}  // namespace davy::bench

// What a round costs once the answers are parsed: windows from batches, and the judgement, late in a
// ten-minute window.

#include "collector/store/window_builder.hpp"
#include "judge/judge.hpp"
#include "judge/threshold/threshold.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace davy;
using namespace std::chrono_literals;

Selector selector(std::string_view text) {
  SelectorProblem ignored;
  return *parse_selector(text, ignored);
}

std::vector<Check> checks() {
  Check errors;
  errors.name = "errors";
  errors.errors = selector("requests_total{code=~\"5..\"}");
  errors.total = selector("requests_total");
  errors.max = 0.05;
  errors.lookback = 30s;
  Check latency;
  latency.name = "latency";
  latency.kind = CheckKind::latency;
  latency.unit = Unit::seconds;
  latency.histogram = selector("latency_seconds");
  latency.quantile = 0.99;
  latency.max = 0.5;
  latency.lookback = 30s;
  return {errors, latency};
}

// One canary and `instances` of the baseline, each with 40 counters and a histogram of 12 buckets.
class Fleet {
 public:
  explicit Fleet(int instances) {
    for (int i = 0; i <= instances; ++i) {
      TargetReading reading;
      reading.target = reading.url = "http://10.0.0." + std::to_string(i) + ":9090/metrics";
      (i == 0 ? reading.for_canary : reading.for_baseline) = true;
      for (int route = 0; route < 20; ++route) {
        for (const char* code : {"200", "500"}) {
          add(reading, "requests_total", Labels{{"route", "/r" + std::to_string(route)}, {"code", code}},
              MetricType::counter);
        }
      }
      for (const char* le :
           {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"}) {
        add(reading, "latency_seconds_bucket", Labels{{"le", le}}, MetricType::histogram);
      }
      batch_.readings.push_back(std::move(reading));
    }
  }

  const Batch& next() {
    now_ += 5s;
    batch_.at = now_;
    for (TargetReading& reading : batch_.readings) {
      reading.at = now_;
      for (Sample& sample : reading.samples) sample.value += 100;
    }
    return batch_;
  }
  Instant now() const { return now_; }

 private:
  static void add(TargetReading& reading, const char* name, Labels labels, MetricType type) {
    reading.samples.push_back({std::make_shared<Series>(Series{name, std::move(labels), type}), 0, {}});
  }

  Batch batch_;
  Instant now_{1h};
};

void round_of(benchmark::State& state) {
  Fleet fleet(static_cast<int>(state.range(0)));
  auto builder = collector::WindowBuilder::create(checks(), {}, {}, {0s, 10min}).value();
  judge::Judge judge(checks(), {{Severity::p1, Response::rollback}}, judge::make_threshold);
  builder.add(fleet.next());
  builder.start_release(fleet.now());
  for (int i = 0; i < 100; ++i) builder.add(fleet.next());
  for (auto _ : state) {
    builder.add(fleet.next());
    benchmark::DoNotOptimize(judge.judge(builder.windows(), fleet.now()));
  }
}
BENCHMARK(round_of)->Arg(3)->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();

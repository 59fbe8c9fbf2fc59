// A ten-minute window of a usual policy, recorded every 5 s: how many bytes it takes, and how long it takes
// to judge it again, reading included.

#include "app/replay.hpp"

#include "collector/recording/recorder.hpp"
#include "config/policy_loader.hpp"

#include <benchmark/benchmark.h>
#include <filesystem>
#include <fstream>
#include <random>

namespace {

using namespace davy;
using namespace std::chrono_literals;

constexpr const char* policy_text = R"(version: davy/v1
service: checkout
mode: observe
canary: {targets: [http://canary:9090/metrics]}
baseline: {targets: [http://stable:9090/metrics]}
checks:
  - name: errors
    ratio: {errors: 'http_requests_total{code=~"5.."}', total: http_requests_total}
    max: 5%
    max_increase: 100%
    ignore_increase_below: 0.5pp
  - name: latency
    latency: {histogram: http_request_duration_seconds, quantile: p99}
    max: 800ms
    max_increase: 20%
  - name: memory
    gauge: process_resident_memory_bytes
    max_increase: 30%
)";

// An instance with ten routes, three codes, twelve buckets a route, and its memory: 151 series.
class Instance {
 public:
  Instance(std::string name, unsigned seed) : random_(seed) {
    reading_.target = reading_.url = "http://" + name + ":9090/metrics";
    (name == "canary" ? reading_.for_canary : reading_.for_baseline) = true;
    for (int route = 0; route < 10; ++route) {
      const std::string path = "/api/v1/route-" + std::to_string(route);
      for (const char* code : {"200", "404", "500"})
        add("http_requests_total", Labels{{"code", code}, {"route", path}, {"method", "GET"}},
            MetricType::counter);
      for (const char* le :
           {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"})
        add("http_request_duration_seconds_bucket", Labels{{"le", le}, {"route", path}},
            MetricType::histogram);
    }
    add("process_resident_memory_bytes", {}, MetricType::gauge);
  }

  // Five seconds of about 50 requests a second.
  TargetReading next(Instant at) {
    std::poisson_distribution<int> requests(25);
    auto sample = reading_.samples.begin();
    for (int route = 0; route < 10; ++route) {
      const int n = requests(random_);
      const int bad = std::binomial_distribution<int>(n, 0.005)(random_);
      sample++->value += n - bad;
      sample++;
      sample++->value += bad;
      int so_far = 0;
      for (int bucket = 0; bucket < 12; ++bucket) {
        so_far += bucket == 11 ? n - so_far : std::binomial_distribution<int>(n - so_far, 0.4)(random_);
        sample++->value += so_far;
      }
    }
    sample->value = 2e8 + std::uniform_int_distribution<int>(0, 5000)(random_) * 4096;
    reading_.at = at;
    reading_.took = std::chrono::nanoseconds(std::uniform_int_distribution<int>(500'000, 5'000'000)(random_));
    reading_.at = at + reading_.took;
    reading_.process_start_time = 1.7e9;
    reading_.server_time = 1.75e9 + static_cast<double>(at.time_since_epoch() / 1s);
    reading_.sample_count = 800;
    reading_.body_bytes = 60'000 + random_() % 64;
    return reading_;
  }

 private:
  void add(const char* name, Labels labels, MetricType type) {
    reading_.samples.push_back({std::make_shared<Series>(Series{name, std::move(labels), type}), 1000, {}});
  }
  std::mt19937 random_;
  TargetReading reading_;
};

// Five minutes of history, then ten of a window.
std::string recorded(int instances) {
  const std::string file = (std::filesystem::temp_directory_path() / "davy-bench-replay.davyrec").string();
  collector::recording::RecorderOptions options;
  options.file = file;
  options.head.service = "checkout";
  options.head.policy = policy_text;
  options.head.interval = 5s;
  collector::recording::Recorder recorder(options);
  if (!recorder.open()) return {};
  std::vector<Instance> fleet;
  for (int i = 0; i < instances; ++i)
    fleet.emplace_back(i == 0 ? "canary" : "stable-" + std::to_string(i), static_cast<unsigned>(i));
  Instant now{1h};
  for (int round = 0; round < 180; ++round, now += 5s) {
    if (round == 60) {
      OperatorRequest begin;
      begin.kind = OperatorRequest::Kind::start_release;
      begin.release = "r1";
      recorder.asked(begin, now, {});
    }
    Batch batch;
    batch.at = now;
    for (Instance& instance : fleet) batch.readings.push_back(instance.next(now));
    recorder.collected(batch, {});
    Verdict verdict;
    verdict.at = now;
    if (round >= 60) recorder.judged(verdict);
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(file);
  return bytes;
}

void read_and_replay(benchmark::State& state) {
  const std::string bytes = recorded(static_cast<int>(state.range(0)));
  const auto policy = config::load_policy(policy_text, "checkout.yaml", config::empty_environment());
  std::size_t rounds = 0;
  for (auto _ : state) {
    const auto recording = collector::recording::read_recording(bytes);
    const auto releases = app::replay(*policy.policy, *recording);
    rounds = releases->front().rounds_judged;
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
  state.counters["rounds"] = static_cast<double>(rounds);
}
BENCHMARK(read_and_replay)->Arg(4)->Arg(11)->Arg(50)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();

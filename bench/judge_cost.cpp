// What the sequential judge costs: one tick of each kind of check, ten control groups, five minutes of
// history and a window of ten minutes in ticks of 5 s. Only the judge's own work is timed, tick by tick.

#include "bench/detection/ticks.hpp"
#include "bench/judge_cost_kinds.hpp"
#include "bench/tick_cost.hpp"
#include "judge/sequential/check_test.hpp"
#include "judge/sequential/sequential.hpp"

#include <algorithm>

namespace {

using namespace davy;
using namespace davy::bench;

constexpr int runs = 20;  // different streams, one after the other

// Run after run of the benchmark's arguments: the rate of requests and whether the service is noisy.
template <typename Kind>
class Runs {
 public:
  explicit Runs(const benchmark::State& state)
      : source_(Kind::source(static_cast<double>(state.range(0)), state.range(1) != 0)) {}

  const typename Kind::StreamType& next() {
    source_.fill(run_++ % runs, stream_);
    return stream_;
  }

 private:
  typename Kind::Source source_;
  typename Kind::StreamType stream_;
  int run_ = 0;
};

template <typename Kind>
std::vector<judge::Sample> samples_of(const typename Kind::StreamType& stream) {
  const auto sampler = Kind::sampler();
  const Window window = empty_window(stream);
  judge::MemberGroups groups(window.baseline.members, 1);
  judge::Sample empty;
  empty.length_s = stream.tick_s;
  empty.of_baseline.resize(groups.groups() * sampler->channels());
  empty.of_canary.resize(sampler->channels());
  std::vector<judge::Sample> samples;
  Tick tick;
  for (int i = 0; i < stream.ticks(); ++i) {
    take_tick(stream, i, tick);
    sampler->add(window, tick, groups, samples.emplace_back(empty));
  }
  return samples;
}

// The test alone, fed with samples.
template <typename Kind>
void test_tick(benchmark::State& state) {
  const Check check = Kind::check();
  Runs<Kind> all(state);
  TickCost cost(state);
  for (auto _ : state) {
    const auto& stream = all.next();
    std::vector<judge::Sample> samples = samples_of<Kind>(stream);
    const auto deploy = samples.begin() + stream.history_ticks;
    judge::TestOptions options;
    options.window_ticks = stream.window_ticks;
    options.ticks_max = static_cast<std::size_t>(stream.ticks());
    options.margin = has_margin(check);
    const auto test = judge::make_check_test(check, options, static_cast<std::size_t>(stream.groups),
                                             {samples.begin(), deploy});
    for (int i = 0; i < stream.window_ticks; ++i) cost.measure(i, [&] { test->observe(deploy[i]); });
    cost.end_window();
  }
  cost.report();
}

// A whole round of the daemon's: the window's new tick sampled and judged, and the finding with its sentence.
template <typename Kind>
void compare_round(benchmark::State& state) {
  Runs<Kind> all(state);
  TickCost cost(state);
  double state_bytes = 0;
  for (auto _ : state) {
    const auto& stream = all.next();
    Window window = empty_window(stream);
    window.ticks.resize(static_cast<std::size_t>(stream.history_ticks));
    for (int i = 0; i < stream.history_ticks; ++i)
      take_tick(stream, i, window.ticks[static_cast<std::size_t>(i)]);
    const auto comparison = judge::make_sequential(Kind::check());
    comparison->compare(window);
    for (int i = 0; i < stream.window_ticks; ++i) {
      take_tick(stream, stream.history_ticks + i, window.ticks.emplace_back());
      window.now = window.ticks.back().at;
      cost.measure(i, [&] { benchmark::DoNotOptimize(comparison->compare(window)); });
    }
    state_bytes = std::max(state_bytes, static_cast<double>(comparison->save().bytes.size()));
    cost.end_window();
  }
  cost.report();
  state.counters["state_bytes"] = state_bytes;
}

// What the daemon does besides after every round: writing down what the comparison remembers.
template <typename Kind>
void save_at_end(benchmark::State& state) {
  Runs<Kind> all(state);
  const auto& stream = all.next();
  Window window = empty_window(stream);
  for (int i = 0; i < stream.ticks(); ++i) take_tick(stream, i, window.ticks.emplace_back());
  window.now = window.ticks.back().at;
  const auto comparison = judge::make_sequential(Kind::check());
  comparison->compare(window);
  for (auto _ : state) benchmark::DoNotOptimize(comparison->save());
  state.counters["state_bytes"] = static_cast<double>(comparison->save().bytes.size());
}

void rates_and_noise(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rps", "noisy"})->ArgsProduct({{50, 500}, {0, 1}});
}
void noise(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rps", "noisy"})->ArgsProduct({{0}, {0, 1}});
}

BENCHMARK(test_tick<ErrorsAt>)->Apply(rates_and_noise)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(test_tick<LatencyAt>)->Apply(rates_and_noise)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(test_tick<Gauges>)->Apply(noise)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(compare_round<ErrorsAt>)->Apply(rates_and_noise)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(compare_round<LatencyAt>)->Apply(rates_and_noise)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(compare_round<Gauges>)->Apply(noise)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(save_at_end<ErrorsAt>)->Apply(rates_and_noise)->Unit(benchmark::kMicrosecond);
BENCHMARK(save_at_end<LatencyAt>)->Apply(rates_and_noise)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();

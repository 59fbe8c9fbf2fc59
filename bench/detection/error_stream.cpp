#include "bench/detection/error_stream.hpp"

#include <algorithm>
#include <cmath>

namespace davy::bench {
namespace {

constexpr double two_pi = 6.283185307179586476925;
constexpr double outage_error = 0.3;
constexpr double cluster_mean = 5;

bool between(double t, double from, double to) { return t >= from && t < to; }

}  // namespace

ErrorStream::ErrorStream(const Scenario& scenario)
    : scenario_(scenario), pods_(static_cast<std::size_t>(scenario.baseline_pods + 1)) {}

void ErrorStream::set_up(Random& random) {
  const double history_s = scenario_.history_ticks * scenario_.tick_s;
  const double seen_s = (scenario_.window_ticks + scenario_.history_ticks) * scenario_.tick_s;
  for (Pod& pod : pods_) {
    pod = Pod{};
    if (scenario_.condition == Condition::hetero) pod.multiplier = std::exp(0.3 * random.normal() - 0.045);
    if (scenario_.condition == Condition::ar1) pod.wander = 0.5 * random.normal();
    if (scenario_.condition == Condition::blip && random.uniform() < 0.5) {
      pod.has_outage = true;
      pod.outage_at_s = -history_s + random.uniform() * seen_s;
    }
  }
}

void ErrorStream::fill(int run, Stream& stream) {
  stream.history_ticks = scenario_.history_ticks;
  stream.window_ticks = scenario_.window_ticks;
  stream.tick_s = scenario_.tick_s;
  stream.groups = scenario_.baseline_pods;
  stream.resize();
  Random random(seed_of(scenario_, run));
  set_up(random);
  const double memory = std::exp(-scenario_.tick_s / 30);
  const double fresh = 0.5 * std::sqrt(1 - memory * memory);
  for (int tick = 0; tick < stream.ticks(); ++tick) {
    const double t = (tick - scenario_.history_ticks) * scenario_.tick_s;
    for (int k = 0; k <= scenario_.baseline_pods; ++k) {
      Pod& pod = pods_[static_cast<std::size_t>(k)];
      if (scenario_.condition == Condition::ar1) pod.wander = memory * pod.wander + fresh * random.normal();
      if (k == 0 && t < 0) continue;
      const double factor = scenario_.condition == Condition::gamma ? random.gamma(2) / 2 : 1;
      const int requests = random.poisson(request_rate(tick, t, k));
      const int errors = draw_errors(random, requests, std::min(1.0, error_rate(t, k) * factor));
      const std::size_t i = k == 0 ? static_cast<std::size_t>(tick) : stream.cell(tick, k - 1);
      (k == 0 ? stream.canary_n : stream.n)[i] = requests;
      (k == 0 ? stream.canary_e : stream.e)[i] = errors;
    }
  }
}

double ErrorStream::request_rate(int tick, double t, int pod) const {
  const double nominal = scenario_.canary_rps * scenario_.tick_s;
  const bool canary = pod == 0;
  switch (scenario_.condition) {
    case Condition::drift: return nominal * (1 + 0.5 * std::cos(two_pi * t / 300));
    case Condition::share:
      return canary ? nominal * (0.1 + 0.9 * t / (scenario_.window_ticks * scenario_.tick_s)) : nominal;
    case Condition::churn: return !canary && (tick / 6 + pod) % 7 == 0 ? 0 : nominal;
    default: return nominal;
  }
}

double ErrorStream::error_rate(double t, int k) const {
  const Pod& pod = pods_[static_cast<std::size_t>(k)];
  double p = scenario_.base_error;
  if (scenario_.condition == Condition::shock && between(t, 120, 180)) p = std::max(p, outage_error);
  if (scenario_.condition == Condition::drift)
    p = std::min(1.0, p * std::exp(1.2 * std::sin(two_pi * t / 600)));
  p *= pod.multiplier;
  if (k == 0 && t >= scenario_.onset_s)
    p = scenario_.all_fail ? 1 : p * scenario_.multiplier + scenario_.addend;
  if (scenario_.condition == Condition::ar1) p *= std::exp(pod.wander - 0.125);
  if (pod.has_outage && between(t, pod.outage_at_s, pod.outage_at_s + 10)) p = std::max(p, outage_error);
  return p;
}

int ErrorStream::draw_errors(Random& random, int requests, double error_rate) const {
  if (scenario_.condition != Condition::burst || error_rate >= 0.5)
    return random.binomial(requests, error_rate);
  int errors = 0;
  const int clusters = random.poisson(requests * error_rate / cluster_mean);
  for (int c = 0; c < clusters; ++c) errors += random.geometric(cluster_mean);
  return std::min(errors, requests);
}

}  // namespace davy::bench

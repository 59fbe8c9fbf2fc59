#include "bench/detection/world_stream.hpp"

#include <algorithm>
#include <cmath>

namespace davy::bench {
namespace {

constexpr double offspring_at_once = 0.3;
constexpr double offspring_later = 0.4;
constexpr double offspring_memory_s = 20;

constexpr std::array<double, 4> endpoint_error = {0, 0.5, 1, 2.5};  // relative; 1 in the mean
constexpr double mix_sd = 0.7;
constexpr double mix_memory_s = 180;

constexpr double wander_sd = 0.4;
constexpr double bad_member_multiplier = 5;

constexpr double outage_error = 0.3;
constexpr double outage_at_s = 120;
constexpr double outage_spread_s = 20;
constexpr double outage_length_s = 60;

constexpr double missed_share = 0.1;
constexpr double jitter_share = 0.3;

constexpr double share_before = 0.02;
constexpr double share_after = 0.2;

// The part of a tick, in [0,1], that lies after a moment.
double part_after(double moment_s, double start_s, double length_s) {
  return std::clamp((start_s + length_s - moment_s) / length_s, 0.0, 1.0);
}

double mean_error_of(const std::array<double, 4>& mix) {
  double sum = 0, failing = 0;
  for (std::size_t i = 0; i < mix.size(); ++i) {
    const double weight = std::exp(mix[i]);
    sum += weight;
    failing += weight * endpoint_error[i];
  }
  return failing / sum;
}

// A step of a stationary autoregression of this deviation and memory.
double wandered(Random& random, double value, double sd, double memory_s, double length_s) {
  const double kept = std::exp(-length_s / memory_s);
  return kept * value + sd * std::sqrt(1 - kept * kept) * random.normal();
}

}  // namespace

WorldStream::WorldStream(const WorldScenario& scenario)
    : scenario_(scenario), pods_(static_cast<std::size_t>(scenario.members + 1)) {}

void WorldStream::fill(int run, Stream& stream) {
  Random random(seed_of(scenario_, run));
  lay_out_ticks(random, stream);
  set_up(random);
  Tick tick;
  tick.start_s = -scenario_.history_ticks * scenario_.tick_s;
  for (int i = 0; i < stream.ticks(); ++i) {
    const bool deployed = i >= stream.history_ticks;
    if (i == stream.history_ticks) tick.start_s = 0;
    tick.length_s = stream.length_s[static_cast<std::size_t>(i)];
    for (int k = 0; k <= scenario_.members; ++k) {
      advance(random, pods_[static_cast<std::size_t>(k)], tick.length_s);
      if (k == 0 && !deployed) continue;
      const int requests = random.poisson(request_rate(tick, k) * tick.length_s);
      const int errors = draw_errors(random, tick, k, requests);
      const std::size_t cell = k == 0 ? static_cast<std::size_t>(i) : stream.cell(i, k - 1);
      (k == 0 ? stream.canary_n : stream.n)[cell] = requests;
      (k == 0 ? stream.canary_e : stream.e)[cell] = errors;
    }
    tick.start_s += tick.length_s;
  }
}

void WorldStream::lay_out_ticks(Random& random, Stream& stream) {
  lengths_.clear();
  stream.history_ticks = append_ticks(random, scenario_.history_ticks);
  stream.window_ticks = append_ticks(random, scenario_.window_ticks);
  stream.tick_s = scenario_.tick_s;
  stream.groups = scenario_.members;
  stream.resize();
  stream.length_s = lengths_;
}

int WorldStream::append_ticks(Random& random, int scrapes) {
  const std::size_t before = lengths_.size();
  double last = 0;  // both in ticks
  for (int scrape = 1; scrape <= scrapes; ++scrape) {
    double at = scrape;
    if (scenario_.world == World::jitter && scrape < scrapes) {
      const bool missed = random.uniform() < missed_share;
      at += jitter_share * (2 * random.uniform() - 1);
      if (missed) continue;
    }
    lengths_.push_back((at - last) * scenario_.tick_s);
    last = at;
  }
  return static_cast<int>(lengths_.size() - before);
}

void WorldStream::set_up(Random& random) {
  const World world = scenario_.world;
  if (world == World::share_jump) jump_at_s_ = 120 + 360 * random.uniform();
  const double sd = world == World::members_differ_10 ? 0.1 : 0.3;
  const double errors_a_tick = scenario_.rps * scenario_.tick_s * scenario_.truth.base_error;
  for (Pod& pod : pods_) {
    pod = Pod{};
    if (world == World::members_differ_10 || world == World::members_differ_30)
      pod.multiplier = std::exp(sd * random.normal() - sd * sd / 2);
    if (world == World::slow_wander) {
      pod.memory_s = 180 + 120 * random.uniform();
      pod.wander = wander_sd * random.normal();
    }
    if (world == World::endpoint_mix)
      for (double& weight : pod.mix) weight = mix_sd * random.normal();
    if (world == World::staggered_outage) pod.outage_at_s = outage_at_s + outage_spread_s * random.uniform();
    if (world == World::self_exciting)  // as after a long time
      pod.expected_offspring =
          offspring_later * errors_a_tick / -std::expm1(-scenario_.tick_s / offspring_memory_s);
  }
  if (world == World::bad_member) pods_[1].multiplier = bad_member_multiplier;
}

void WorldStream::advance(Random& random, Pod& pod, double length_s) const {
  if (scenario_.world == World::slow_wander)
    pod.wander = wandered(random, pod.wander, wander_sd, pod.memory_s, length_s);
  if (scenario_.world == World::endpoint_mix)
    for (double& weight : pod.mix) weight = wandered(random, weight, mix_sd, mix_memory_s, length_s);
}

double WorldStream::request_rate(const Tick& tick, int pod) const {
  if (scenario_.world != World::share_jump) return scenario_.rps;
  const double jumped = part_after(jump_at_s_, tick.start_s, tick.length_s);
  const double share = tick.start_s < 0 ? 0 : share_before + jumped * (share_after - share_before);
  const double total = scenario_.rps * (scenario_.members + 1);
  return pod == 0 ? total * share : total * (1 - share) / scenario_.members;
}

double WorldStream::error_rate(const Tick& tick, int k) const {
  const Pod& pod = pods_[static_cast<std::size_t>(k)];
  double p = scenario_.truth.base_error * pod.multiplier;
  if (scenario_.world == World::slow_wander) p *= std::exp(pod.wander - wander_sd * wander_sd / 2);
  if (scenario_.world == World::endpoint_mix) p *= mean_error_of(pod.mix);
  if (k == 0) {
    const double troubled = part_after(scenario_.truth.onset_s, tick.start_s, tick.length_s);
    p += troubled * (scenario_.truth.troubled(p) - p);
  }
  if (scenario_.world == World::staggered_outage) {
    const double out = part_after(pod.outage_at_s, tick.start_s, tick.length_s) -
                       part_after(pod.outage_at_s + outage_length_s, tick.start_s, tick.length_s);
    p += out * (std::max(p, outage_error) - p);
  }
  return std::min(1.0, p);
}

int WorldStream::draw_errors(Random& random, const Tick& tick, int k, int requests) {
  const double p = error_rate(tick, k);
  if (scenario_.world != World::self_exciting || p >= 0.5) return random.binomial(requests, p);
  const double immigrants = requests * p * (1 - offspring_at_once - offspring_later);
  return draw_self_exciting(random, tick, pods_[static_cast<std::size_t>(k)], immigrants, requests);
}

int WorldStream::draw_self_exciting(Random& random, const Tick& tick, Pod& pod, double immigrants,
                                    int requests) const {
  const double due = pod.expected_offspring * -std::expm1(-tick.length_s / offspring_memory_s);
  pod.expected_offspring -= due;
  int errors = 0;
  for (int generation = random.poisson(immigrants + due); generation > 0;
       generation = random.poisson(offspring_at_once * generation))
    errors += generation;
  errors = std::min(errors, requests);
  pod.expected_offspring += offspring_later * errors;
  return errors;
}

}  // namespace davy::bench

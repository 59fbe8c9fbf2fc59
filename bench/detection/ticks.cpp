#include "bench/detection/ticks.hpp"

#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace davy::bench {
namespace {

constexpr Instant deployed_at{std::chrono::hours(1)};

// What all kinds of streams have in common.
Window window_of(const auto& stream) {
  Window window;
  window.check = "benchmark";
  window.deployed_at = window.now = deployed_at;
  window.interval = from_seconds(stream.tick_s);
  window.length = window.interval * stream.window_ticks;
  window.canary.members = {"canary"};
  for (int k = 0; k < stream.groups; ++k) window.baseline.members.push_back(fmt::format("pod-{}", k));
  for (SideSight* side : {&window.canary, &window.baseline}) {
    side->targets = side->targets_up = static_cast<int>(side->members.size());
    side->targets_min = 1;
    side->series_found = true;
  }
  return window;
}

void lay_out(const auto& stream, int tick, int warm_up_ticks, Tick& out) {
  out.length = from_seconds(stream.tick_s);
  out.at = deployed_at + out.length * (tick + 1 - stream.history_ticks);
  out.judged = tick >= stream.history_ticks + warm_up_ticks;
  out.canary.resize(1);
  out.baseline.resize(static_cast<std::size_t>(stream.groups));
  out.canary.front().present = tick >= stream.history_ticks;
  for (MemberTick& member : out.baseline) member.present = true;
}

void take_buckets(std::span<const int> buckets, MemberTick& out) {
  out.buckets.assign(buckets.begin(), buckets.end());
  out.total = std::accumulate(out.buckets.begin(), out.buckets.end(), 0.0);
}

}  // namespace

Window empty_window(const Stream& stream) { return window_of(stream); }

Window empty_window(const LatencyStream& stream) {
  Window window = window_of(stream);
  window.bounds = stream.edges;
  window.bounds.push_back(std::numeric_limits<double>::infinity());
  return window;
}

Window empty_window(const GaugeStream& stream) { return window_of(stream); }

void take_tick(const Stream& stream, int tick, Tick& out) {
  lay_out(stream, tick, 0, out);
  const auto i = static_cast<std::size_t>(tick);
  out.canary.front().total = stream.canary_n[i];
  out.canary.front().bad = stream.canary_e[i];
  for (int k = 0; k < stream.groups; ++k) {
    MemberTick& member = out.baseline[static_cast<std::size_t>(k)];
    member.total = stream.n[stream.cell(tick, k)];
    member.bad = stream.e[stream.cell(tick, k)];
  }
}

void take_tick(const LatencyStream& stream, int tick, Tick& out) {
  lay_out(stream, tick, stream.warm_up_ticks, out);
  take_buckets(stream.buckets_of_canary(tick), out.canary.front());
  for (int k = 0; k < stream.groups; ++k)
    take_buckets(stream.buckets_of(tick, k), out.baseline[static_cast<std::size_t>(k)]);
}

void take_tick(const GaugeStream& stream, int tick, Tick& out) {
  lay_out(stream, tick, 0, out);
  MemberTick& canary = out.canary.front();
  canary.total = canary.present ? 1 : 0;
  canary.value = stream.canary[static_cast<std::size_t>(tick)];
  for (int k = 0; k < stream.groups; ++k) {
    MemberTick& member = out.baseline[static_cast<std::size_t>(k)];
    member.total = 1;
    member.value = stream.baseline[stream.cell(tick, k)];
  }
}

}  // namespace davy::bench

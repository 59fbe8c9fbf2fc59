#include "bench/detection/stream.hpp"

#include <numeric>

namespace davy::bench {
namespace {

long sum(const std::vector<int>& counts) { return std::accumulate(counts.begin(), counts.end(), 0L); }

}  // namespace

void Stream::resize() {
  const auto all_ticks = static_cast<std::size_t>(ticks());
  length_s.assign(all_ticks, tick_s);
  canary_n.assign(all_ticks, 0);
  canary_e.assign(all_ticks, 0);
  n.assign(cell(ticks(), 0), 0);
  e.assign(cell(ticks(), 0), 0);
}

Counts canary_total(const Stream& stream) { return {sum(stream.canary_n), sum(stream.canary_e)}; }

Counts baseline_total(const Stream& stream) { return {sum(stream.n), sum(stream.e)}; }

Counts baseline_at(const Stream& stream, int tick) {
  Counts counts;
  for (std::size_t i = stream.cell(tick, 0); i < stream.cell(tick + 1, 0); ++i) {
    counts.n += stream.n[i];
    counts.e += stream.e[i];
  }
  return counts;
}

}  // namespace davy::bench

#pragma once

// One simulated deploy as the judge would see it: requests and errors of one canary and of every baseline
// pod, tick by tick, the ticks before the deploy first. Counts of the canary are 0 before the deploy. A
// filler resizes the vectors and overwrites every element, so one Stream serves any number of runs.

#include <cstddef>
#include <vector>

namespace davy::bench {

struct Stream {
  int history_ticks = 0;
  int window_ticks = 0;
  double tick_s = 5;             // nominal
  int groups = 0;                // baseline pods
  std::vector<double> length_s;  // of each tick: tick_s, but for late and missed scrapes
  std::vector<int> canary_n, canary_e;
  std::vector<int> n, e;  // baseline, tick-major: cell(tick, pod)

  int ticks() const { return history_ticks + window_ticks; }
  std::size_t cell(int tick, int pod) const { return static_cast<std::size_t>(tick * groups + pod); }
  void resize();

  bool operator==(const Stream&) const = default;
};

struct Counts {
  long n = 0;
  long e = 0;

  bool operator==(const Counts&) const = default;
};

// Over the whole stream, history included.
Counts canary_total(const Stream& stream);
Counts baseline_total(const Stream& stream);
// Of one tick, all pods together.
Counts baseline_at(const Stream& stream, int tick);

}  // namespace davy::bench

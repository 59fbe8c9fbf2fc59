#pragma once

// What ticks cost: the processor's time, so that a busy machine does not count, and allocations. Linking this
// replaces the global operator new by one that counts; there may be one thread only.

#include <benchmark/benchmark.h>
#include <cstddef>

namespace davy::bench {

std::size_t allocations();
double processor_s();

// Adds ticks up; its counters are the benchmark's answer.
class TickCost {
 public:
  explicit TickCost(benchmark::State& state) : state_(state) {}

  void measure(int tick_of_window, auto&& work) {
    const std::size_t allocated_before = allocations();
    const double start = processor_s();
    work();
    add(tick_of_window, processor_s() - start, allocations() - allocated_before);
  }
  void end_window();
  void report();

 private:
  void add(int tick_of_window, double took_s, std::size_t allocated);

  benchmark::State& state_;
  double window_s_ = 0, all_s_ = 0, worst_s_ = 0;
  double ticks_ = 0, settled_ticks_ = 0, allocated_ = 0;
};

}  // namespace davy::bench

#include "bench/tick_cost.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <new>

namespace {

constexpr int ticks_to_settle = 10;  // whose allocations do not count
std::size_t allocation_count = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  ++allocation_count;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace davy::bench {

std::size_t allocations() { return allocation_count; }

double processor_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void TickCost::add(int tick_of_window, double took_s, std::size_t allocated) {
  window_s_ += took_s;
  worst_s_ = std::max(worst_s_, took_s);
  ++ticks_;
  if (tick_of_window < ticks_to_settle) return;
  allocated_ += static_cast<double>(allocated);
  ++settled_ticks_;
}

void TickCost::end_window() {
  state_.SetIterationTime(window_s_);
  all_s_ += window_s_;
  window_s_ = 0;
}

void TickCost::report() {
  state_.counters["us_per_tick"] = 1e6 * all_s_ / ticks_;
  state_.counters["us_worst_tick"] = 1e6 * worst_s_;
  state_.counters["allocations_per_tick"] = allocated_ / settled_ticks_;
}

}  // namespace davy::bench

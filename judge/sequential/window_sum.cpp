#include "judge/sequential/window_sum.hpp"

namespace davy::judge {

WindowSum sum_since(const Window& window, Instant from) {
  WindowSum sum;
  for (auto tick = window.ticks.rbegin(); tick != window.ticks.rend() && tick->at > from; ++tick) {
    sum.canary.add(tick->canary, window.bounds.size());
    sum.baseline.add(tick->baseline, window.bounds.size());
    sum.length += tick->length;
  }
  return sum;
}

}  // namespace davy::judge

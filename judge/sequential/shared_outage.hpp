#pragma once

// Somebody else's outage: the whole baseline is suddenly far above its own recent rate. Such a tick says
// nothing about the canary, and nothing about how healthy instances differ.

#include "judge/sequential/effects.hpp"

namespace davy::judge {

class SharedOutage {
 public:
  // One tick of the whole baseline. True while the outage lasts and for five ticks after it.
  bool observe(const Counts& baseline, double tick_s);

 private:
  Counts memory_;
  int ticks_left_ = 0;
};

}  // namespace davy::judge

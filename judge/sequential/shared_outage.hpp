#pragma once

// Somebody else's outage: the baseline as a whole is suddenly far above its own recent rate, and not only
// one of its members. Such a tick says nothing about the canary, and nothing about how healthy instances
// differ.

#include "judge/sequential/effects.hpp"

#include <span>

namespace davy::judge {

class SharedOutage {
 public:
  // One tick of all groups. True while the outage lasts and for five ticks after it. The first requests
  // ever seen are no outage, however bad: there is nothing yet that they could be far above.
  bool observe(std::span<const Counts> groups, double tick_s);

 private:
  Counts memory_;
  int ticks_left_ = 0;
};

}  // namespace davy::judge

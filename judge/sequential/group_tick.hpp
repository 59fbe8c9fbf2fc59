#pragma once

// One tick as the sequential tests see it: bad events out of all, for every control group of the baseline and
// for the canary. Before the deploy the canary has none.

#include "judge/sequential/effects.hpp"

#include <span>
#include <vector>

namespace davy::judge {

struct GroupTick {
  double length_s = 0;
  bool lenient = false;  // warming up: limits are wide
  std::vector<Counts> groups;
  Counts canary;
  bool operator==(const GroupTick&) const = default;
};

inline Counts sum_of(std::span<const Counts> groups) {
  Counts all;
  for (const Counts& group : groups) {
    all.total += group.total;
    all.bad += group.bad;
  }
  return all;
}

}  // namespace davy::judge

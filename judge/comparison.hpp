#pragma once

// One way of comparing the canary with the baseline: the contract of this room's family.
//
// Pure: the same window and the same state give the same finding and the same next state, bit for bit, on
// every machine; no clock, no randomness, no I/O. That is what makes a replay exact and a restart harmless.

#include "core/model/finding.hpp"
#include "core/model/window.hpp"

#include <functional>
#include <memory>

namespace davy::judge {

class Comparison {
 public:
  virtual ~Comparison() = default;

  // Called once a round with the check's window, its newest tick last. `state` is empty at the deploy,
  // afterwards what the previous call left in it.
  virtual Finding compare(const Window& window, SequentialState& state) const = 0;
};

// Every kind of comparison is made by one function of this shape, named in app/registry.
using ComparisonFactory = std::function<std::unique_ptr<Comparison>(const Check&)>;

}  // namespace davy::judge

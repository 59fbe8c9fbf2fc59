#pragma once

// One way of comparing the canary with the baseline: the contract of this room's family.
//
// Pure but for what it remembers of the release it judges: the same windows in the same order give the same
// findings, bit for bit; no clock, no randomness, no I/O. What it remembers can be taken out and put back,
// and then it goes on as if nothing had happened: a replay is exact and a restart harmless. A comparison
// serves one release; for the next one a new one is made.

#include "core/model/finding.hpp"
#include "core/model/window.hpp"

#include <functional>
#include <memory>

namespace davy::judge {

class Comparison {
 public:
  virtual ~Comparison() = default;

  // Called once a round with the check's window, its newest tick last.
  virtual Finding compare(const Window& window) = 0;

  virtual SequentialState save() const { return {}; }
  // Bytes that are not a state of this comparison are ignored: it starts over.
  virtual void restore(const SequentialState&) {}
};

// Every kind of comparison is made by one function of this shape, named in app/registry.
using ComparisonFactory = std::function<std::unique_ptr<Comparison>(const Check&)>;

}  // namespace davy::judge

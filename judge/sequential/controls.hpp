#pragma once

// What the baseline's control groups teach: how bursty bad events are (phi), how much a single tick may
// decide (the cap), and how much evidence a canary needs to stand out from healthy instances (the need).
//
// The baseline is observed first, then the canary is tested: all numbers here include the current tick.

#include "judge/sequential/control_cohorts.hpp"
#include "judge/sequential/dispersion.hpp"

#include <optional>

namespace davy::judge {

struct ControlOptions {
  std::size_t groups = 1;
  int window = 1;             // ticks
  std::size_t history = 0;    // the most ticks before the deploy
  std::size_t ticks_max = 1;  // in all
  double log_threshold = 0;   // ln(1 / alpha)
  std::size_t spacing = 20;   // ticks between the cohorts of the history
};

// By how much a canary must beat the healthy groups: control_factor() for that many. Their number's logarithm
// is evidence that is normal among them.
struct Safeguard {
  double factor = 0;
  double groups = 1;
};
Safeguard safeguard_for(std::size_t groups, double chance);

class Controls {
 public:
  explicit Controls(const ControlOptions& options);

  void deploy();
  // One tick of `tick_s` seconds, all groups.
  void observe(std::span<const Counts> groups, double tick_s);
  // A tick that says nothing, of which only time is left.
  void skip();

  double phi() const { return dispersion_.phi(); }
  // The most nats a tick may give.
  double cap() const { return cap_; }
  double information() const { return dispersion_.information(); }

  // The largest log evidence among healthy groups up to the age of `age` ticks after the deploy (0: its
  // first).
  double largest(std::size_t age) const { return cohorts_ ? cohorts_->largest(age) : 0; }
  // The log evidence that makes a breach.
  double need(std::size_t age, const Safeguard& safeguard) const;

 private:
  ControlOptions options_;
  Dispersion dispersion_;
  std::optional<ControlCohorts> cohorts_;  // from two groups on
  double cap_ = 0;
  std::vector<Counts> nothing_;
};

}  // namespace davy::judge

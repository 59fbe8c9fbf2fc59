#pragma once

// A/A tests among the baseline's own control groups: how much evidence against healthy instances does this
// very test find, by chance, by bursts and because instances differ?
//
// A cohort tests every group against the rest of the baseline, and the rest against the group, from one tick
// on. Some cohorts run through the history before the deploy, one begins at the deploy. Compared at the same
// age, the largest evidence that any of them ever found is what the canary has to beat.

#include "judge/sequential/effects.hpp"
#include "judge/sequential/evidence_log.hpp"

#include <deque>
#include <span>
#include <vector>

namespace davy::judge {

class ControlCohorts {
 public:
  // `groups` >= 2; a window of `window` ticks; at most `ticks_max` ticks in all; in the history a cohort
  // begins every `spacing` ticks.
  ControlCohorts(std::size_t groups, int window, std::size_t ticks_max, std::size_t spacing);

  // The deploy: the cohorts of the history stop, the one beside the canary begins.
  void deploy();
  void push(std::span<const Counts> groups, double cap, double phi);

  // The largest log evidence of any cohort up to the age of `age` ticks (0: its first one), at least 0.
  double largest(std::size_t age) const;

 private:
  struct Cohort {
    std::size_t first_tick = 0;
    std::vector<ChangePointMixture> tests;
    std::vector<double> largest_until;  // per age
  };
  void begin();
  void weigh(double phi);

  std::size_t groups_;
  int window_;
  std::size_t ticks_max_;
  std::size_t spacing_;
  bool deployed_ = false;
  double phi_ = 0;
  std::size_t ticks_ = 0;
  std::vector<EvidenceLog> logs_;  // per test: group against rest, rest against group, ...
  std::deque<Cohort> stopped_, running_;
};

}  // namespace davy::judge

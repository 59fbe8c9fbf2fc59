#pragma once

// A test martingale that does not know when a fault begins nor how large it is: a mixture over all effects
// and over all ticks at which the effect may set in.
//
// Start at 1; M grows when the canary does worse than H0 allows. Under H0 it is a nonnegative
// supermartingale, so that P(M ever reaches 1/alpha) <= alpha (Ville 1939). Dividing a log ratio by an
// inflation >= 1 and capping it keep that (Jensen).

#include "judge/sequential/effects.hpp"

#include <cstdint>

namespace davy::judge {

// The part of the prior that sits on "from the first tick on"; the rest is spread evenly over the window.
inline constexpr double immediate_weight = 0.6;

class ChangePointMixture {
 public:
  // `ticks` is the window's length in ticks: the number of possible onsets.
  explicit ChangePointMixture(int ticks = 1);
  void reset();

  // One tick, of which q = min(log ratio / inflation, cap) counts.
  void push(const Effects& log_ratios, double inflation, double cap);
  // The same, faster, where exp(q) is known already; only while plain().
  void push_ratios(const Effects& ratios);
  bool plain() const { return in_logs_ == 0; }

  double log_value() const;
  // exp(log_value()), infinite where that overflows.
  double value() const;
  int age() const { return age_; }

 private:
  double start_mass() const { return age_ <= ticks_ ? onset_mass_ : 0; }
  double unborn_mass() const;
  void push_one(std::size_t j, double q);
  void leave_logs(std::size_t j);

  int ticks_ = 1;
  int age_ = 0;
  double onset_mass_ = 0;
  // Per effect its mixture over onsets: the value itself, or its logarithm where the value is very large.
  Effects mass_{};
  std::uint32_t in_logs_ = 0;
};

// The ratios exp(min(log ratio / inflation, cap)) of a tick. False when one is too large or too small for a
// plain number: push() must be used for this tick.
bool tempered_ratios(const Effects& log_ratios, double inflation, double cap, Effects& out);

}  // namespace davy::judge

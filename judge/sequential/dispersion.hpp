#pragma once

// How bursty bad events are, learned from the baseline's own control groups: phi, the variance of a group's
// share over that of independent events, and how much of it has been learned.
//
// The model is the Dirichlet-multinomial, whose variance inflation for a total of E events is
// infl(E, phi) = E phi / (phi - 1 + E). phi is fitted by moments to Pearson's statistic of blocks of 1, 2, 4,
// 8 and 16 ticks, so that bursts longer than a tick are seen too. O(blocks) a tick; nothing is allocated
// after construction.

#include "judge/sequential/effects.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace davy::judge {

// 1 for up to one event, phi for very many.
double inflation(double events, double phi);

// The next power of 1.05 above: what depends on phi is only computed anew when it really moved.
double step_up(double phi);

class Dispersion {
 public:
  // Groups of the baseline, at least one, and the most ticks that will be observed.
  Dispersion(std::size_t groups, std::size_t ticks_max);
  void reset();

  // One tick of all groups, in their order.
  void observe(std::span<const Counts> groups);

  // A step of step_up().
  double phi() const { return phi_; }
  // Degrees of freedom: 0 when nothing is known.
  double information() const { return information_; }

 private:
  struct BlockLength {
    int ticks = 1;
    int filled = 0;
    std::vector<double> observed, expected;  // of the block that is being filled, per group
    double pearson = 0;                      // summed over closed blocks
    std::vector<double> totals;              // of closed blocks
    double phi = 1;
  };
  void close(BlockLength& block);
  bool nothing_closed() const;
  void fit(BlockLength& block) const;
  void observe_successive(const Counts& now);
  void update();

  std::size_t groups_;
  std::array<BlockLength, 5> blocks_;
  double information_ = 0;
  double phi_ = 1;
  std::optional<Counts> before_;  // a single group: the tick before
};

}  // namespace davy::judge

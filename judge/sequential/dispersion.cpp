#include "judge/sequential/dispersion.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace davy::judge {
namespace {

constexpr double phi_max = 1000;
constexpr double phi_step = 1.05;
// What is believed before anything was seen: as much as half a block of ten events at phi = 1.2.
constexpr double prior_weight = 0.5;
constexpr double prior_events = 10;
constexpr double prior_phi = 1.2;
// What is believed when errors came close together, but never two in one tick.
constexpr double phi_of_longer_blocks_only = 1.5;
constexpr double margin = 1;                // standard errors
constexpr double information_prior = 8;     // degrees of freedom
constexpr std::size_t long_blocks_min = 3;  // before a longer block may speak
constexpr double phi_without_groups = 2;    // successive ticks show bursts, but no slow noise

// d infl / d phi
double inflation_slope(double events, double phi) {
  const double d = phi - 1 + events;
  return events * (events - 1) / (d * d);
}

}  // namespace

double inflation(double events, double phi) {
  if (events <= 1) return 1;
  return events * phi / (phi - 1 + events);
}

double step_up(double phi) {
  if (phi <= 1) return 1;
  return std::pow(phi_step, std::ceil(std::log(phi) / std::log(phi_step) - 1e-9));
}

Dispersion::Dispersion(std::size_t groups, std::size_t ticks_max) : groups_(groups) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    BlockLength& block = blocks_[i];
    block.ticks = 1 << i;
    block.observed.resize(groups);
    block.expected.resize(groups);
    block.totals.reserve(ticks_max >> i);
  }
  reset();
}

void Dispersion::reset() {
  for (BlockLength& block : blocks_) {
    block.filled = 0;
    block.pearson = 0;
    block.totals.clear();
    block.phi = 1;
    std::fill(block.observed.begin(), block.observed.end(), 0);
    std::fill(block.expected.begin(), block.expected.end(), 0);
  }
  information_ = 0;
  before_.reset();
  fit(blocks_[0]);
  update();
}

void Dispersion::observe(std::span<const Counts> groups) {
  if (groups_ < 2) {
    observe_successive(groups.front());
    update();
    return;
  }
  Counts all;
  for (const Counts& group : groups) {
    all.total += group.total;
    all.bad += group.bad;
  }
  const double rate = all.total > 0 ? all.bad / all.total : 0;
  for (BlockLength& block : blocks_) {
    for (std::size_t k = 0; k < groups_; ++k) {
      block.observed[k] += groups[k].bad;
      block.expected[k] += rate * groups[k].total;
    }
    if (++block.filled == block.ticks) close(block);
  }
  if (all.bad >= 2) information_ += std::min(static_cast<double>(groups_ - 1), all.bad - 1);
  update();
}

// A single group: two successive ticks are the two groups of a block.
void Dispersion::observe_successive(const Counts& now) {
  if (!before_) {
    before_ = now;
    return;
  }
  const Counts then = *std::exchange(before_, std::nullopt);
  const double total = then.total + now.total;
  const double bad = then.bad + now.bad;
  BlockLength& block = blocks_[0];
  if (!(total > 0) || bad < 2 || !(then.total > 0) || !(now.total > 0)) return;
  const double expected = bad * then.total / total;
  const double difference = then.bad - expected;
  block.pearson += difference * difference / expected + difference * difference / (bad - expected);
  block.totals.push_back(bad);
  information_ += 1;
  fit(block);
}

void Dispersion::close(BlockLength& block) {
  double total = 0, pearson = 0;
  bool possible = true;
  for (std::size_t k = 0; k < groups_; ++k) {
    const double x = block.observed[k], u = block.expected[k];
    total += x;
    if (u > 0) pearson += (x - u) * (x - u) / u;
    possible = possible && (u > 0 || x <= 0);
  }
  if (total >= 2 && possible) {
    block.pearson += pearson;
    block.totals.push_back(total);
    fit(block);
  }
  block.filled = 0;
  std::fill(block.observed.begin(), block.observed.end(), 0);
  std::fill(block.expected.begin(), block.expected.end(), 0);
}

// Solves sum infl(E, phi) = X2 / (G - 1), the prior added on both sides for single ticks. The left side is
// concave and grows with phi: Newton's method never overshoots from below.
void Dispersion::fit(BlockLength& block) const {
  const double freedom = groups_ > 1 ? static_cast<double>(groups_ - 1) : 1;
  const double prior = block.ticks == 1 ? prior_weight : 0;
  const double target = block.pearson / freedom + prior * inflation(prior_events, prior_phi);
  const auto excess = [&](double phi, double& slope) {
    double sum = prior * inflation(prior_events, phi);
    slope = prior * inflation_slope(prior_events, phi);
    for (const double events : block.totals) {
      const double d = 1 / (phi - 1 + events);
      sum += events * phi * d;
      slope += events * (events - 1) * d * d;
    }
    return sum - target;
  };
  double slope = 0;
  double phi = 1;
  double over = excess(phi, slope);
  if (over >= 0) {
    block.phi = 1;
    return;
  }
  // The last solution is a better start, if it is not beyond the new one.
  if (block.phi > 1 && block.phi < phi_max) {
    double slope_there = 0;
    const double over_there = excess(block.phi, slope_there);
    if (over_there <= 0) {
      phi = block.phi;
      over = over_there;
      slope = slope_there;
    }
  }
  constexpr int iterations_max = 200;
  for (int i = 0; i < iterations_max && slope > 0; ++i) {
    const double step = -over / slope;
    phi = std::min(phi + step, phi_max);
    if (phi >= phi_max || step < 1e-13 * phi) break;
    over = excess(phi, slope);
    if (over >= 0) break;
  }
  block.phi = slope > 0 ? phi : phi_max;
}

bool Dispersion::nothing_closed() const {
  return std::all_of(blocks_.begin(), blocks_.end(), [](const auto& block) { return block.totals.empty(); });
}

void Dispersion::update() {
  double phi = std::max(1.0, blocks_[0].phi);
  if (blocks_[0].totals.empty() && !nothing_closed()) phi = phi_of_longer_blocks_only;
  for (const BlockLength& block : blocks_) {
    const double blocks = static_cast<double>(block.totals.size());
    if (block.ticks == 1 || block.totals.size() < long_blocks_min) continue;
    const double error = std::sqrt(2 / (blocks * static_cast<double>(groups_ - 1)));
    phi = std::max(phi, block.phi - block.phi * error);
  }
  phi = step_up(phi * (1 + margin * std::sqrt(2 / (information_ + information_prior))));
  phi_ = groups_ < 2 ? std::max(phi_without_groups, phi) : phi;
}

}  // namespace davy::judge

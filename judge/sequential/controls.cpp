#include "judge/sequential/controls.hpp"

#include "judge/sequential/control_factor.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {
namespace {

constexpr double cap_unknown = 2.6;         // nats a tick of full length may give when nothing is known
constexpr double full_tick_s = 5;           // a shorter one may give less
constexpr double information_per_cap = 18;  // degrees of freedom that allow as much again

}  // namespace

Controls::Controls(const ControlOptions& options)
    : options_(options), dispersion_(options.groups, options.ticks_max), nothing_(options.groups) {
  if (options.groups >= 2)
    cohorts_.emplace(options.groups, options.window, options.ticks_max, options.spacing);
}

void Controls::deploy() {
  if (cohorts_) cohorts_->deploy();
}

void Controls::observe(std::span<const Counts> groups, double tick_s) {
  dispersion_.observe(groups);
  cap_ = cap_unknown * std::min(1.0, tick_s / full_tick_s) * (1 + information() / information_per_cap);
  if (cohorts_) cohorts_->push(groups, cap_, phi());
}

void Controls::skip() {
  if (cohorts_) cohorts_->push(nothing_, cap_, phi());
}

double Controls::need(std::size_t age, const Safeguard& safeguard) const {
  if (!cohorts_) return options_.log_threshold;
  const double unusual = largest(age) - std::log(safeguard.groups);
  return std::max(options_.log_threshold, safeguard.factor * unusual);
}

Safeguard safeguard_for(std::size_t groups, double chance) {
  return {control_factor(groups, chance), static_cast<double>(groups)};
}

}  // namespace davy::judge

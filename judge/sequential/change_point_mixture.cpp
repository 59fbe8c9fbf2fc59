#include "judge/sequential/change_point_mixture.hpp"

#include "judge/sequential/log_sum.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {
namespace {

// A value that has become large is kept as its logarithm, until that has fallen below log_mode_until again.
constexpr double log_mode_until = 200;
constexpr double large = 1e100;  // about e^230
constexpr double plain_lowest = -700;

}  // namespace

ChangePointMixture::ChangePointMixture(int ticks)
    : ticks_(std::max(1, ticks)), onset_mass_((1 - immediate_weight) / ticks_) {
  reset();
}

void ChangePointMixture::reset() {
  age_ = 0;
  in_logs_ = 0;
  mass_.fill(immediate_weight);
}

double ChangePointMixture::unborn_mass() const {
  return age_ < ticks_ ? (1 - immediate_weight) * (1 - static_cast<double>(age_) / ticks_) : 0;
}

void ChangePointMixture::push_one(std::size_t j, double q) {
  const std::uint32_t bit = 1U << j;
  if ((in_logs_ & bit) == 0) {
    if (q < log_mode_until) {
      mass_[j] = (mass_[j] + start_mass()) * std::exp(q);
    } else {
      mass_[j] = std::log(mass_[j] + start_mass()) + q;
      in_logs_ |= bit;
      leave_logs(j);
      return;
    }
    if (mass_[j] > large) {
      mass_[j] = std::log(mass_[j]);
      in_logs_ |= bit;
    }
    return;
  }
  if (age_ <= ticks_) mass_[j] = log_sum(mass_[j], std::log(onset_mass_));
  mass_[j] += q;
  leave_logs(j);
}

void ChangePointMixture::leave_logs(std::size_t j) {
  if (mass_[j] >= log_mode_until) return;
  mass_[j] = std::exp(mass_[j]);
  in_logs_ &= ~(1U << j);
}

void ChangePointMixture::push(const Effects& log_ratios, double inflation, double cap) {
  ++age_;
  for (std::size_t j = 0; j < effect_count; ++j) push_one(j, std::min(log_ratios[j] / inflation, cap));
}

void ChangePointMixture::push_ratios(const Effects& ratios) {
  ++age_;
  const double start = start_mass();
  double largest = 0;
  for (std::size_t j = 0; j < effect_count; ++j) {
    mass_[j] = (mass_[j] + start) * ratios[j];
    largest = std::max(largest, mass_[j]);
  }
  if (largest <= large) return;
  for (std::size_t j = 0; j < effect_count; ++j) {
    if (!(mass_[j] > large)) continue;
    mass_[j] = std::log(mass_[j]);
    in_logs_ |= 1U << j;
  }
}

double ChangePointMixture::value() const {
  if (in_logs_ != 0) return std::exp(log_value());
  double sum = unborn_mass();
  for (std::size_t j = 0; j < effect_count; ++j) sum += effect_weights[j] * mass_[j];
  return sum;
}

double ChangePointMixture::log_value() const {
  if (in_logs_ == 0) return std::log(value());
  Effects logs{};
  double largest = -INFINITY;
  for (std::size_t j = 0; j < effect_count; ++j) {
    const bool is_log = ((in_logs_ >> j) & 1U) != 0;
    logs[j] = (is_log ? mass_[j] : std::log(mass_[j])) + std::log(effect_weights[j]);
    largest = std::max(largest, logs[j]);
  }
  double sum = unborn_mass() * std::exp(-largest);
  for (const double log : logs) sum += std::exp(log - largest);
  return largest + std::log(sum);
}

bool tempered_ratios(const Effects& log_ratios, double inflation, double cap, Effects& out) {
  double lowest = 0, highest = 0;
  for (std::size_t j = 0; j < effect_count; ++j) {
    const double q = std::min(log_ratios[j] / inflation, cap);
    lowest = std::min(lowest, q);
    highest = std::max(highest, q);
    out[j] = std::exp(q);
  }
  return lowest > plain_lowest && highest < log_mode_until;
}

}  // namespace davy::judge

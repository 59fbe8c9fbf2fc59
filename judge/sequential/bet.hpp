#pragma once

// A gambler's wealth against H0 "the mean of z is at most 0": some even stakes, each multiplied by
// 1 + stake * z. Valid for any distribution of z in [-1, 1] (Waudby-Smith and Ramdas 2024).

#include "judge/sequential/log_sum.hpp"

#include <array>

namespace davy::judge {

class Bet {
 public:
  // `z` in [-1, 1].
  void push(double z) {
    for (std::size_t i = 0; i < stakes.size(); ++i) logs_[i] += std::log1p(stakes[i] * z);
  }
  double log_value() const {
    double log = -std::numeric_limits<double>::infinity();
    for (const double wealth : logs_) log = log_sum(log, wealth);
    return log - std::log(static_cast<double>(stakes.size()));
  }

 private:
  static constexpr std::array<double, 4> stakes{0.1, 0.25, 0.5, 0.9};
  std::array<double, 4> logs_{};
};

}  // namespace davy::judge

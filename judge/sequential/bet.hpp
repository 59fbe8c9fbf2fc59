#pragma once

// A gambler's wealth against H0 "the mean of z is at most 0": some even stakes, each multiplied by
// 1 + stake * z. Valid for any distribution of z in [-1, 1] (Waudby-Smith and Ramdas 2024).

#include <algorithm>
#include <array>
#include <cmath>

namespace davy::judge {

class Bet {
 public:
  // A gambler who comes at the first round, or at any of `rounds`: spread over the onsets as in
  // ChangePointMixture. 0 rounds: all at the first.
  explicit Bet(int rounds = 0) : rounds_(rounds) { wealth_.fill(rounds > 0 ? at_once : 1); }

  // `z` in [-1, 1].
  void push(double z) {
    ++age_;
    const double start = age_ <= rounds_ ? (1 - at_once) / rounds_ : 0;
    for (std::size_t i = 0; i < stakes.size(); ++i) wealth_[i] = (wealth_[i] + start) * (1 + stakes[i] * z);
  }
  double log_value() const {
    double sum = 0;
    for (const double wealth : wealth_) sum += wealth / static_cast<double>(stakes.size());
    if (age_ < rounds_) sum += (1 - at_once) * (1 - static_cast<double>(age_) / rounds_);
    return std::log(std::clamp(sum, 1e-300, 1e300));
  }

 private:
  static constexpr double at_once = 0.6;
  static constexpr std::array<double, 4> stakes{0.1, 0.25, 0.5, 0.9};
  int rounds_;
  int age_ = 0;
  std::array<double, 4> wealth_{};  // of at most a few hundred rounds: no overflow
};

}  // namespace davy::judge

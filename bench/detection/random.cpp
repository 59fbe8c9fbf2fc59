#include "bench/detection/random.hpp"

#include <bit>
#include <cmath>
#include <cstddef>

namespace davy::bench {
namespace {

constexpr double two_pi = 6.283185307179586476925;
constexpr double small_mean = 12;

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

std::array<double, 128> make_log_factorials() {
  std::array<double, 128> table{};
  for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] + std::log(static_cast<double>(i));
  return table;
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

std::uint64_t Random::next() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double Random::uniform_positive() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }

double Random::normal() {
  const double a = uniform_positive();
  const double b = uniform();
  return std::sqrt(-2 * std::log(a)) * std::cos(two_pi * b);
}

int Random::poisson(double mean) {
  if (mean <= 0) return 0;
  if (mean >= small_mean) return poisson_by_rejection(mean);
  double term = std::exp(-mean);
  double sum = term;
  const double x = uniform();
  int k = 0;
  while (x >= sum && k < 1000) {
    ++k;
    term *= mean / k;
    sum += term;
  }
  return k;
}

int Random::poisson_by_rejection(double mean) {
  const double log_mean = std::log(mean);
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = uniform() - 0.5;
    const double v = uniform_positive();
    const double distance = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= v_accepted) return static_cast<int>(k);
    if (k < 0 || (distance < 0.013 && v > distance)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (distance * distance) + b) <=
        k * log_mean - mean - log_factorial(static_cast<int>(k)))
      return static_cast<int>(k);
  }
}

int Random::binomial(int trials, double probability) {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(trials, 1 - probability);
  return trials * probability < small_mean ? binomial_by_inversion(trials, probability)
                                           : binomial_by_rejection(trials, probability);
}

int Random::binomial_by_inversion(int trials, double probability) {
  const double odds = probability / (1 - probability);
  double term = std::exp(trials * std::log1p(-probability));
  double sum = term;
  const double x = uniform();
  int k = 0;
  while (x >= sum && k < trials) {
    ++k;
    term *= odds * (trials - k + 1) / k;
    sum += term;
  }
  return k;
}

int Random::binomial_by_rejection(int trials, double probability) {
  const double spread = std::sqrt(trials * probability * (1 - probability));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const double c = trials * probability + 0.5;
  const double v_accepted = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const double log_odds = std::log(probability / (1 - probability));
  const double mode = std::floor((trials + 1) * probability);
  const double h = log_factorial(static_cast<int>(mode)) + log_factorial(trials - static_cast<int>(mode));
  for (;;) {
    const double u = uniform() - 0.5;
    const double v = uniform_positive();
    const double distance = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / distance + b) * u + c);
    if (distance >= 0.07 && v <= v_accepted) return static_cast<int>(k);
    if (k < 0 || k > trials) continue;
    const int count = static_cast<int>(k);
    if (std::log(v * alpha / (a / (distance * distance) + b)) <=
        h - log_factorial(count) - log_factorial(trials - count) + (k - mode) * log_odds)
      return count;
  }
}

double Random::gamma(double shape) {
  if (shape < 1) {
    const double u = uniform_positive();
    return gamma(shape + 1) * std::exp(std::log(u) / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal();
    double v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    const double u = uniform_positive();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

int Random::geometric(double mean) {
  if (mean <= 1) return 1;
  return 1 + static_cast<int>(std::floor(std::log(uniform_positive()) / std::log(1 - 1 / mean)));
}

double log_factorial(int k) {
  static const std::array<double, 128> table = make_log_factorials();
  if (k < 128) return table[static_cast<std::size_t>(k)];
  const double x = k + 1.0;
  const double inverse = 1 / x;
  return (x - 0.5) * std::log(x) - x + 0.9189385332046727418 +
         inverse * (1.0 / 12 - inverse * inverse * (1.0 / 360 - inverse * inverse / 1260));
}

}  // namespace davy::bench

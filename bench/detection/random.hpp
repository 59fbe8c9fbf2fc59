#pragma once

// The random numbers of the detection benchmark: xoshiro256** seeded by splitmix64 (Blackman and Vigna 2018)
// and the distributions drawn from it. Every algorithm and every order of draws is fixed, so a seed means the
// same stream on every machine whose log, log1p, exp and cos round alike; compile without fast-math.

#include <array>
#include <cstdint>

namespace davy::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  // In [0,1).
  double uniform();
  // In (0,1]: safe to take the logarithm of.
  double uniform_positive();
  // Box-Muller; one value a call, nothing is kept for the next.
  double normal();
  // Inversion below a mean of 12, above it PTRS (Hormann 1993, The transformed rejection method for Poisson).
  int poisson(double mean);
  // Inversion below a mean of 12, above it BTRS (Hormann 1993, The generation of binomial random variates).
  int binomial(int trials, double probability);
  // Scale 1 (Marsaglia and Tsang 2000).
  double gamma(double shape);
  // On {1, 2, ...}.
  int geometric(double mean);

 private:
  int poisson_by_rejection(double mean);
  int binomial_by_inversion(int trials, double probability);
  int binomial_by_rejection(int trials, double probability);

  std::array<std::uint64_t, 4> state_;
};

// ln k!
double log_factorial(int k);

}  // namespace davy::bench

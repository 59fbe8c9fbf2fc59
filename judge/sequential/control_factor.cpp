#include "judge/sequential/control_factor.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>

namespace davy::judge {
namespace {

using boost::math::constants::root_two;
using boost::math::constants::root_two_pi;

// P(Z0 >= c max|Z_k|), integrated over the maximum's density.
double chance_of(double groups, double c) {
  const auto density = [&](double m) {
    const double below = std::erf(m / root_two<double>());
    const double tail = 0.5 * std::erfc(c * m / root_two<double>());
    return groups * std::pow(below, groups - 1) * 2 * std::exp(-m * m / 2) / root_two_pi<double>() * tail;
  };
  boost::math::quadrature::tanh_sinh<double> integrator;
  // Beyond 40 / c the tail is nothing; beyond 40 the density is.
  return integrator.integrate(density, 0.0, std::min(40.0, 40.0 / c));
}

}  // namespace

double control_factor(std::size_t groups, double chance) {
  const double g = static_cast<double>(groups);
  const auto excess = [&](double log_c) { return chance_of(g, std::exp(log_c)) - chance; };
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      excess, std::log(1e-3), std::log(1e9), boost::math::tools::eps_tolerance<double>(45), iterations);
  const double c = std::exp((bracket.first + bracket.second) / 2);
  return c * c;
}

}  // namespace davy::judge

#include "judge/mann_whitney/brent.hpp"

#include <cmath>
#include <limits>

namespace davy::judge {
namespace {

struct Point {
  double at, value;
};

// A step of interpolation, inverse quadratic where three points are known, as the quotient p / q with p >= 0.
struct Step {
  double p, q;
};

Step interpolate(const Point& a, const Point& b, const Point& c) {
  const double cb = c.at - b.at;
  Step step{};
  if (a.at == c.at) {
    const double t = b.value / a.value;
    step = {cb * t, 1 - t};
  } else {
    const double r = a.value / c.value;
    const double s = b.value / c.value;
    const double t = b.value / a.value;
    step = {t * (cb * r * (r - s) - (b.at - a.at) * (s - 1)), (r - 1) * (s - 1) * (t - 1)};
  }
  return step.p > 0 ? Step{step.p, -step.q} : Step{-step.p, step.q};
}

}  // namespace

double brent_root(const std::function<double(double)>& f, double low, double high, double tolerance) {
  constexpr int steps_max = 1001;
  Point a{low, f(low)};
  Point b{high, f(high)};
  Point c = a;
  if (a.value == 0) return a.at;
  for (int i = 0; i < steps_max && b.value != 0; ++i) {
    const double previous = b.at - a.at;
    if (std::fabs(c.value) < std::fabs(b.value)) {
      a = b;
      b = c;
      c = a;
    }
    const double enough = 2 * std::numeric_limits<double>::epsilon() * std::fabs(b.at) + tolerance / 2;
    double step = (c.at - b.at) / 2;
    if (std::fabs(step) <= enough || b.value == 0) break;
    if (std::fabs(previous) >= enough && std::fabs(a.value) > std::fabs(b.value)) {
      const auto [p, q] = interpolate(a, b, c);
      const bool inside = p < 0.75 * (c.at - b.at) * q - std::fabs(enough * q) / 2;
      if (inside && p < std::fabs(previous * q / 2)) step = p / q;
    }
    if (std::fabs(step) < enough) step = step > 0 ? enough : -enough;
    a = b;
    b.at += step;
    b.value = f(b.at);
    if ((b.value > 0 && c.value > 0) || (b.value < 0 && c.value < 0)) c = a;
  }
  return b.at;
}

}  // namespace davy::judge

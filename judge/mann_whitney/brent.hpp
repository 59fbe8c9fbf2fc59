#pragma once

// The root of a function between two points (R. Brent, Algorithms for Minimization Without Derivatives, 1973,
// chapter 4), step for step as netlib's zeroin takes it, which R and Kayenta use.
//
// The statistic of a rank test is a staircase: it has no single root, and a cleverer search would stop on
// another point of the same stair. With the same steps the published numbers come out to the last digit.

#include <functional>

namespace davy::judge {

// `f` must have different signs at `low` and `high`, or be zero at one of them. The root is right to within
// `tolerance`.
double brent_root(const std::function<double(double)>& f, double low, double high, double tolerance);

}  // namespace davy::judge

#pragma once

// The standard normal quantile: the value that a share `p` of a standard normal distribution lies below.
// 0 < p < 1; right to the last digit or the one before it, so name small tails by themselves (0.01 and not
// 1 - 0.99).

namespace davy::judge {

double normal_quantile(double p);

}  // namespace davy::judge

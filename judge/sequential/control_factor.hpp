#pragma once

// By how much the canary must stand out among control groups of healthy instances.

#include <cstddef>

namespace davy::judge {

// b = c^2 with P(Z0 >= c max_k |Z_k|) = chance for independent standard normal Z0, Z1 .. Z_groups: evidence
// grows with the square of a deviation, so the canary's must be b times the largest of `groups` healthy ones.
// `groups` >= 1, `chance` in (0, 0.5).
double control_factor(std::size_t groups, double chance);

}  // namespace davy::judge

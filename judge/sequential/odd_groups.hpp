#pragma once

// Control groups that were already ill before the deploy: left among the healthy ones, their own evidence
// would be what a canary has to beat, and nothing short of a disaster would be found.

#include "judge/sequential/group_tick.hpp"

#include <cstddef>
#include <vector>

namespace davy::judge {

// Indices, ascending. A group is odd when its rate over the history exceeds twice the median group's, lies
// outside the spread of all groups, is no accident (z > 4), and was so in most parts of the history; at most
// one group in five, and four must stay.
std::vector<std::size_t> odd_groups(std::span<const GroupTick> history);

}  // namespace davy::judge

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

// How much the groups' rates over the history differ, as a multiple of what events that come in bursts of phi
// make them differ (Pearson's statistic over its degrees of freedom and phi): about 1 for members alike.
// Groups in `left_out` (ascending) do not count. 0 when there is too little to say.
double difference_of_groups(std::span<const GroupTick> history, const std::vector<std::size_t>& left_out,
                            double phi);

}  // namespace davy::judge

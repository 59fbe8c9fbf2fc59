#pragma once

// Weights of one split of traffic, and what they become when the canary is given another share. Pure.

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace davy::rollback {

struct Weight {
  enum class Role { canary, takes_rest, left_alone } role = Role::takes_rest;
  std::int64_t weight = 0;
};

enum class Total {
  relative,  // only proportions count
  hundred,   // some versions want a sum of exactly 100
  fixed      // the sum cannot be changed
};

// The canary gets `percent` of the whole, exactly wherever the total allows. Those that take the rest keep
// their proportions; where there is only one, it takes all of it, even if it had none. Those left alone keep
// their share. Of several canaries the first gets it all.
//
// Error: unsupported (no_other: nothing else could take the traffic).
Result<std::vector<std::int64_t>> with_share(const std::vector<Weight>& weights, int percent, Total total);

// Whether the canary has exactly this share already. Nothing at all is a share of 0.
bool has_share(const std::vector<Weight>& weights, int percent);

}  // namespace davy::rollback

#pragma once

// Ten worlds the judge's constants were not tuned on. In each a fleet of one canary and any number of
// baseline members serves the same rate of requests, five minutes before the deploy and ten after it.
// A cell is a world, a fleet and what happens to the canary; its seed is made of all of them, so a cell means
// the same streams in whatever list it stands.

#include "bench/detection/truth.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace davy::bench {

enum class World {
  self_exciting,     // an error breeds others: 0.3 at once and 0.4 over the next 20 s, for 1 by itself
  endpoint_mix,      // a pod serves a slowly changing mix of four endpoints that fail unlike often
  slow_wander,       // a pod's log rate wanders: sd 0.4, memory 3 to 5 minutes
  bad_member,        // the first baseline pod fails five times as often, for good
  staggered_outage,  // 30% errors everywhere for 60 s, reaching each pod within 20 s after 120 s
  jitter,            // scrapes up to 30% of a tick early or late, every tenth is missed
  share_jump,        // the canary's share of all traffic jumps from 2% to 20%
  nearly_clean,      // one request in 100,000 fails
  members_differ_10,
  members_differ_30,  // a pod's rate is its own for good: lognormal, sd 0.1 or 0.3
};

struct WorldScenario {
  World world = World::self_exciting;
  int members = 8;  // baseline pods
  double rps = 50;  // of each pod, and on average in share_jump
  Truth truth = {.base_error = 0.01};
  double tick_s = 5;
  int window_ticks = 120;
  int history_ticks = 60;

  bool operator==(const WorldScenario&) const = default;
};

std::vector<World> all_worlds();
// With underscores as spaces.
std::string_view name_of(World world);

// The cell of a world at its own base error: `base_error`, but for the nearly clean one.
WorldScenario world_scenario(World world, int members, double rps, Truth truth);

std::uint64_t seed_of(const WorldScenario& scenario, int run);

}  // namespace davy::bench

#include "bench/detection/worlds.hpp"

#include <bit>

namespace davy::bench {
namespace {

constexpr double nearly_clean_error = 0.00001;

// FNV-1a a word at a time; Random's own seeding stirs the bits further.
class SeedMixer {
 public:
  void add(std::uint64_t word) { value_ = (value_ ^ word) * 0x100000001b3; }
  void add(int number) { add(static_cast<std::uint64_t>(number)); }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  std::uint64_t value() const { return value_ ^ (value_ >> 29); }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

std::vector<World> all_worlds() {
  using enum World;
  return {self_exciting, endpoint_mix, slow_wander,  bad_member,        staggered_outage,
          jitter,        share_jump,   nearly_clean, members_differ_10, members_differ_30};
}

std::string_view name_of(World world) {
  switch (world) {
    case World::self_exciting: return "self exciting";
    case World::endpoint_mix: return "endpoint mix";
    case World::slow_wander: return "slow wander";
    case World::bad_member: return "bad member";
    case World::staggered_outage: return "staggered outage";
    case World::jitter: return "jitter";
    case World::share_jump: return "share jump";
    case World::nearly_clean: return "nearly clean";
    case World::members_differ_10: return "members differ 10%";
    case World::members_differ_30: return "members differ 30%";
  }
  return "";
}

WorldScenario world_scenario(World world, int members, double rps, Truth truth) {
  if (world == World::nearly_clean) truth.base_error = nearly_clean_error;
  WorldScenario scenario;
  scenario.world = world;
  scenario.members = members;
  scenario.rps = rps;
  scenario.truth = truth;
  return scenario;
}

std::uint64_t seed_of(const WorldScenario& scenario, int run) {
  SeedMixer mixer;
  mixer.add(static_cast<int>(scenario.world));
  mixer.add(scenario.members);
  mixer.add(scenario.rps);
  mixer.add(scenario.truth.base_error);
  mixer.add(scenario.truth.multiplier);
  mixer.add(scenario.truth.addend);
  mixer.add(scenario.truth.all_fail ? 1 : 0);
  mixer.add(scenario.truth.onset_s);
  mixer.add(run);
  return mixer.value();
}

}  // namespace davy::bench

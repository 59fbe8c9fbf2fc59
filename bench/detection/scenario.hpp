#pragma once

// The cells of the detection benchmark: a condition of the fleet, a rate of requests, a base error rate and
// what happens to the canary. The numbering is part of the benchmark, for a run's seed is made of it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace davy::bench {

enum class Mode { healthy, faulty };  // "aa" and "det" in the scenario file

enum class Condition {
  iid,
  burst,   // errors come in clusters of mean 5
  gamma,   // a pod's rate is multiplied by Gamma(2)/2 every tick
  ar1,     // a pod's log rate wanders: sd 0.5, memory 30 s
  hetero,  // a pod's rate is its own for good: lognormal, sd 0.3
  shock,   // 30% errors everywhere from 120 s to 180 s
  drift,   // rate x0.3 to x3.3 and traffic +-50%, for everybody alike
  share,   // the canary's traffic grows from a tenth to all of its own
  blip,    // half of the pods have one outage of 10 s
  churn,   // baseline pods vanish for 30 s in turn
};

struct Scenario {
  Mode mode = Mode::healthy;
  int id = 0;
  Condition condition = Condition::iid;
  double canary_rps = 0;  // and every baseline pod's
  int baseline_pods = 10;
  double base_error = 0;
  // The canary from onset_s on: base * multiplier + addend, or every request when all_fail.
  double multiplier = 1;
  double addend = 0;
  bool all_fail = false;
  int onset_s = 0;
  double tick_s = 5;
  int window_ticks = 120;
  int history_ticks = 60;

  bool operator==(const Scenario&) const = default;
};

// All 199, in the order of the scenario file.
std::vector<Scenario> error_scenarios();

std::uint64_t seed_of(const Scenario& scenario, int run);

std::string_view name_of(Mode mode);
std::string_view name_of(Condition condition);
// The canary's trouble as a table shows it: "none", "x1.5", "+1pp", "100%".
std::string effect_of(const Scenario& scenario);

}  // namespace davy::bench

#include "bench/detection/truth.hpp"

#include <algorithm>

namespace davy::bench {

double Truth::troubled(double error_rate) const {
  return all_fail ? 1 : std::min(1.0, error_rate * multiplier + addend);
}

Truth truth_of(const Scenario& scenario) {
  return {scenario.base_error, scenario.multiplier, scenario.addend, scenario.all_fail, scenario.onset_s, 1};
}

std::string effect_of(const Truth& truth) {
  Scenario scenario;
  scenario.multiplier = truth.multiplier;
  scenario.addend = truth.addend;
  scenario.all_fail = truth.all_fail;
  return effect_of(scenario);
}

}  // namespace davy::bench

#include "bench/detection/scenario.hpp"

#include <fmt/format.h>

namespace davy::bench {
namespace {

struct Effect {
  double multiplier = 1;
  double addend = 0;
  bool all_fail = false;
};

using Rates = std::vector<double>;

const Rates rps_from_low = {0.5, 5, 50, 500};
const Rates rps_from_5 = {5, 50, 500};
const Rates base_from_clean = {0, 0.001, 0.01};
const Rates base_from_low = {0.001, 0.01};
const Rates base_high = {0.01};
const std::vector<Effect> additions = {{1, 0.01, false}, {1, 0.05, false}, {1, 0, true}};

// The least of the multipliers is left out where the noise hides it anyway.
std::vector<Effect> effects(bool with_least) {
  std::vector<Effect> list;
  if (with_least) list.push_back({1.5, 0, false});
  list.push_back({2, 0, false});
  list.push_back({5, 0, false});
  list.insert(list.end(), additions.begin(), additions.end());
  return list;
}

class ScenarioList {
 public:
  void begin(Mode mode) {
    mode_ = mode;
    id_ = 0;
  }

  void add(Condition condition, const Rates& bases, const std::vector<Effect>& effect_list,
           const Rates& rates, int onset_s = 0) {
    for (const double base : bases) {
      for (const Effect& effect : effect_list) {
        for (const double rps : rates) {
          Scenario scenario;
          scenario.mode = mode_;
          scenario.id = ++id_;
          scenario.condition = condition;
          scenario.canary_rps = rps;
          scenario.base_error = base;
          scenario.multiplier = effect.multiplier;
          scenario.addend = effect.addend;
          scenario.all_fail = effect.all_fail;
          scenario.onset_s = onset_s;
          scenarios_.push_back(scenario);
        }
      }
    }
  }

  std::vector<Scenario> take() { return std::move(scenarios_); }

 private:
  Mode mode_ = Mode::healthy;
  int id_ = 0;
  std::vector<Scenario> scenarios_;
};

void add_healthy(ScenarioList& list) {
  using enum Condition;
  const std::vector<Effect> none = {Effect{}};
  list.begin(Mode::healthy);
  list.add(iid, base_from_clean, none, rps_from_low);
  list.add(burst, base_from_low, none, rps_from_low);
  list.add(gamma, base_from_low, none, rps_from_5);
  list.add(ar1, base_from_low, none, rps_from_5);
  list.add(hetero, base_from_low, none, rps_from_low);
  list.add(shock, base_from_clean, none, rps_from_low);
  for (const Condition condition : {drift, share, blip, churn})
    list.add(condition, base_from_low, none, rps_from_5);
}

void add_faulty(ScenarioList& list) {
  using enum Condition;
  list.begin(Mode::faulty);
  list.add(iid, {0}, additions, rps_from_low);
  list.add(iid, base_from_low, effects(true), rps_from_low);
  list.add(iid, base_high, effects(true), rps_from_5, 300);
  for (const Condition condition : {burst, ar1, hetero})
    list.add(condition, base_high, effects(false), rps_from_5);
}

}  // namespace

std::vector<Scenario> error_scenarios() {
  ScenarioList list;
  add_healthy(list);
  add_faulty(list);
  return list.take();
}

std::uint64_t seed_of(const Scenario& scenario, int run) {
  return std::uint64_t{1000003} * static_cast<std::uint64_t>(scenario.id) + static_cast<std::uint64_t>(run);
}

std::string_view name_of(Mode mode) { return mode == Mode::healthy ? "aa" : "det"; }

std::string_view name_of(Condition condition) {
  switch (condition) {
    case Condition::iid: return "iid";
    case Condition::burst: return "burst";
    case Condition::gamma: return "gamma";
    case Condition::ar1: return "ar1";
    case Condition::hetero: return "hetero";
    case Condition::shock: return "shock";
    case Condition::drift: return "drift";
    case Condition::share: return "share";
    case Condition::blip: return "blip";
    case Condition::churn: return "churn";
  }
  return "";
}

std::string effect_of(const Scenario& scenario) {
  if (scenario.all_fail) return "100%";
  if (scenario.addend > 0) return fmt::format("+{:g}pp", 100 * scenario.addend);
  if (scenario.multiplier != 1) return fmt::format("x{:g}", scenario.multiplier);
  return "none";
}

}  // namespace davy::bench

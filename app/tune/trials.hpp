#pragma once

// Placebo releases, as they are and made worse in several ways at once, judged as the policy judges.

#include "app/tune/placebo.hpp"
#include "core/model/check.hpp"

#include <functional>
#include <map>
#include <optional>

namespace davy::app::tune {

inline constexpr double factors[] = {1.5, 2, 3, 5, 10};

// One way of being worse, over all placebos.
struct Caught {
  double times = 1;
  std::size_t of = 0;
  std::vector<double> after_s;   // of those that were caught
  std::vector<double> evidence;  // of those that were not: how much of a decision's there was at the end
};

struct CheckTrial {
  std::string check;
  std::vector<Caught> worse;  // parallel to `factors`
  double value = 0;           // usual, of the baseline: a share, seconds, the gauge
  double events_per_s = 0;    // of the pretended canary; 0 where events are not counted
  double highest_minute = 0;  // of any member
};

struct Trials {
  std::size_t placebos = 0;
  std::size_t rolled_back = 0;
  std::map<std::string, std::size_t> by_check;  // of those
  std::vector<CheckTrial> checks;               // those that compare numbers
};

// `progress` is told how many placebos are done. Error: invalid, a selector.
Result<Trials> run_trials(const config::Policy& policy, const std::vector<Placebo>& placebos,
                          const std::function<void(std::size_t)>& progress);

}  // namespace davy::app::tune

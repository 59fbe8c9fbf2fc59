#pragma once

// What one check's sequential test knows after a tick. Evidence is the natural logarithm of an e-value: a
// breach at ln(1 / alpha), whatever the number of looks.

#include "judge/sequential/ratio_interval.hpp"

#include <optional>
#include <vector>

namespace davy::judge {

struct Evidence {
  double log_evidence = 0;           // against "within every limit": the mean of the limits' e-values
  double log_evidence_max = 0;       // the largest so far
  std::optional<double> log_inside;  // for "within every limit", the least sure one; nothing when untested

  std::optional<double> log_relative, log_absolute;  // the limits' own, scaled by the control need
  double need = 0;                                   // nats that make a breach, and
  double phi = 1;                                    // errors come in bursts of about this many
  bool phi_learned = false;                          // from enough of the baseline's events to say so
  double control_largest = 0;     // nats that healthy groups of the baseline reached by this age
  std::optional<Interval> ratio;  // canary's rate over the baseline's, 95%

  bool shared_outage = false;         // this tick says nothing: the whole baseline is ill
  bool baseline_over_limit = false;   // this tick the baseline itself is over the absolute limit
  double history_s = 0;               // that the baseline was seen before the deploy
  std::size_t groups = 0;             // control groups
  std::vector<std::size_t> left_out;  // groups that were ill before the deploy
};

}  // namespace davy::judge

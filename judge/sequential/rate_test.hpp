#pragma once

// The sequential test of one check on counts: has the canary's share of bad events gone over a limit?
//
// Feed it ticks in order, the history before the deploy at once. Each tick gives evidence against a limit
// relative to the baseline, an absolute one, or both, and evidence for being inside them. Formulas, sources
// and what is guaranteed: docs/statistics.md.

#include "judge/sequential/controls.hpp"
#include "judge/sequential/evidence.hpp"
#include "judge/sequential/evidence_log.hpp"
#include "judge/sequential/group_tick.hpp"
#include "judge/sequential/moving_limit.hpp"
#include "judge/sequential/reverse_test.hpp"
#include "judge/sequential/shared_outage.hpp"

#include <cmath>
#include <optional>

namespace davy::judge {

// All shares of one. A relative limit is breached only above the larger of ratio x baseline and baseline +
// delta; without `ratio`, above baseline + delta.
struct RateLimits {
  std::optional<double> ratio;
  double delta = 0;
  std::optional<double> max;  // absolute
};

struct TestOptions {
  double alpha = 0.01;        // chance of accusing a healthy canary, over the whole window
  int window_ticks = 1;       // onsets that are possible
  std::size_t ticks_max = 1;  // in all; more are taken, but allocate
  bool margin = false;        // the limits forgive that members differ (has_margin() of the check)
  // The refinements of docs/statistics.md; the tables compare with and without.
  bool leave_out_odd_groups = true;
  bool skip_shared_outages = true;
  bool trust_margin = true;
  bool believe_floods = true;
  bool heed_differences = true;
};

class RateTest {
 public:
  // `groups` of the baseline, none where there is no baseline; every tick of the history has as many.
  RateTest(const RateLimits& limits, const TestOptions& options, std::size_t groups,
           std::span<const GroupTick> history);

  // The next tick after the deploy.
  void observe(const GroupTick& tick);
  const Evidence& evidence() const { return evidence_; }
  double phi() const { return controls_.phi(); }
  // What turns log evidence into such that a breach is at ln(1 / alpha), whatever the controls showed.
  double scale() const { return -std::log(options_.alpha) / evidence_.need; }

 private:
  std::optional<Counts> watch_baseline(const GroupTick& tick);
  std::span<const Counts> kept(const GroupTick& tick);
  void test(const Counts& canary, const Counts& baseline, bool lenient);
  void heed(double difference);
  double canary_phi(const Counts& canary, const Counts& baseline);
  double guard_of_absolute() const;
  void weigh_evidence();

  RateLimits limits_;
  TestOptions options_;
  std::vector<std::size_t> left_out_;
  std::size_t groups_;
  std::vector<Counts> kept_;
  double allowance_;
  Controls controls_;
  Safeguard strict_, forgiving_;
  SharedOutage outage_;
  MovingLimit moving_limit_;
  Counts ever_;  // the baseline's, history included
  std::optional<WeighedTest> relative_, guard_, apart_, delta_, absolute_;
  ReverseTest inside_ratio_, inside_delta_, inside_max_;
  RatioInterval interval_;
  double canary_sum_ = 0, baseline_sum_ = 0;  // events since the deploy
  int ticks_without_baseline_ = 0;            // in a row
  std::size_t age_ = 0;
  Evidence evidence_;
};

}  // namespace davy::judge

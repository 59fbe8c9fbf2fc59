#include "app/tune/trials.hpp"

#include "app/policy_parts.hpp"
#include "app/tune/worsen.hpp"

#include <algorithm>
#include <cmath>

namespace davy::app::tune {
namespace {

bool counts_events(const Check& check) {
  return check.kind == CheckKind::ratio || check.kind == CheckKind::latency;
}
bool can_be_worse(const Check& check) { return counts_events(check) || check.kind == CheckKind::gauge; }

// What a side shows over some ticks.
struct Sum {
  double total = 0, bad = 0, value = 0, seconds = 0;
  std::vector<double> buckets;
  void add(const MemberTick& tick) {
    if (!tick.present) return;
    total += tick.total;
    bad += tick.bad;
    value += tick.value;
    buckets.resize(std::max(buckets.size(), tick.buckets.size()), 0);
    for (std::size_t i = 0; i < tick.buckets.size(); ++i) buckets[i] += tick.buckets[i];
  }
};

// The bucket's upper bound in which the quantile lies; the last finite one where it lies above.
double quantile_of(const Sum& sum, const std::vector<double>& bounds, double q) {
  double seen = 0;
  double last = 0;
  for (std::size_t i = 0; i < sum.buckets.size() && i < bounds.size(); ++i) {
    seen += sum.buckets[i];
    if (!std::isinf(bounds[i])) last = bounds[i];
    if (seen >= q * sum.total) break;
  }
  return last;
}

double value_of(const Sum& sum, const Check& check, const std::vector<double>& bounds) {
  if (sum.total <= 0) return 0;
  if (check.kind == CheckKind::ratio) return sum.bad / sum.total;
  if (check.kind == CheckKind::latency) return quantile_of(sum, bounds, check.quantile);
  return sum.value / sum.total;
}

// One placebo: the judge of every way of being worse, side by side, over the same windows.
class Trial {
 public:
  Trial(const config::Policy& policy, const Placebo& placebo, collector::WindowBuilder windows,
        Trials& trials)
      : policy_(policy),
        placebo_(placebo),
        windows_(std::move(windows)),
        trials_(trials),
        plain_(make_judge(policy)) {
    for (std::size_t c = 0; c < policy.checks.size(); ++c) {
      if (!can_be_worse(policy.checks[c])) continue;
      for (const double times : factors) ways_.push_back({c, times, make_judge(policy), {}, 0});
    }
  }

  void run() {
    bool released = false;
    for (const auto& round : placebo_.recording->rounds) {
      const Instant now = round.batch.at;
      if (now > placebo_.released + policy_.window) break;
      if (now >= placebo_.released && !std::exchange(released, true)) windows_.start_release(now);
      windows_.add(batch_of(policy_, placebo_, round.batch));
      if (released) judge(now);
    }
    count();
  }

 private:
  struct Way {
    std::size_t check;
    double times;
    std::unique_ptr<judge::Judge> judge;
    std::optional<double> caught_s;
    double evidence;
  };

  void judge(Instant now) {
    const auto windows = windows_.windows();
    const double since_s = seconds(now - placebo_.released);
    if (blamed_.empty()) {
      const Verdict verdict = plain_->judge(windows, now);
      if (acts(verdict)) blamed_ = verdict.blamed_check;
    }
    for (Way& way : ways_) {
      if (way.caught_s) continue;
      const Check& check = policy_.checks[way.check];
      const Window worse = worsened(*windows[way.check], check, way.times, usual_share(*windows[way.check]));
      auto shown = windows;
      shown[way.check] = &worse;
      const Verdict verdict = way.judge->judge(shown, now);
      way.evidence = verdict.findings[way.check].evidence;
      if (acts(verdict)) way.caught_s = since_s;
    }
  }

  static bool acts(const Verdict& verdict) { return verdict.kind == VerdictKind::breach; }

  // A fault that multiplies needs something to multiply.
  static double usual_share(const Window& window) {
    Sum sum;
    for (const Tick& tick : window.ticks)
      for (const MemberTick& member : tick.baseline) sum.add(member);
    return sum.total > 0 ? std::max(sum.bad / sum.total, 1e-4) : 1e-4;
  }

  void count() {
    ++trials_.placebos;
    if (!blamed_.empty()) {
      ++trials_.rolled_back;
      ++trials_.by_check[blamed_];
    }
    std::size_t next = 0;
    for (CheckTrial& trial : trials_.checks) {
      for (Caught& caught : trial.worse) {
        const Way& way = ways_[next++];
        ++caught.of;
        if (way.caught_s)
          caught.after_s.push_back(*way.caught_s);
        else
          caught.evidence.push_back(way.evidence);
      }
      look(trial);
    }
  }

  // How the service is when nothing is wrong.
  void look(CheckTrial& trial) const {
    const Window& window = *windows_.window(trial.check);
    const Check& check = *std::find_if(policy_.checks.begin(), policy_.checks.end(),
                                       [&](const Check& one) { return one.name == trial.check; });
    Sum baseline, canary;
    std::map<std::pair<std::size_t, long>, Sum> minutes;
    for (const Tick& tick : window.ticks) {
      const long minute = (tick.at - window.deployed_at) / std::chrono::minutes(1);
      for (std::size_t i = 0; i < tick.baseline.size(); ++i) {
        baseline.add(tick.baseline[i]);
        minutes[{i, minute}].add(tick.baseline[i]);
      }
      if (!tick.judged) continue;
      canary.seconds += seconds(tick.length);
      for (const MemberTick& member : tick.canary) canary.add(member);
    }
    const double share = 1 / static_cast<double>(trials_.placebos);
    trial.value += (value_of(baseline, check, window.bounds) - trial.value) * share;
    const double rate = canary.seconds > 0 && counts_events(check) ? canary.total / canary.seconds : 0;
    trial.events_per_s += (rate - trial.events_per_s) * share;
    for (const auto& [place, sum] : minutes)
      if (sum.total >= 20 || !counts_events(check))
        trial.highest_minute = std::max(trial.highest_minute, value_of(sum, check, window.bounds));
  }

  config::Policy policy_;
  const Placebo& placebo_;
  collector::WindowBuilder windows_;
  Trials& trials_;
  std::unique_ptr<judge::Judge> plain_;
  std::vector<Way> ways_;
  std::string blamed_;  // of the placebo as it is; empty: nothing was found
};

}  // namespace

Result<Trials> run_trials(const config::Policy& policy, const std::vector<Placebo>& placebos,
                          const std::function<void(std::size_t)>& progress) {
  Trials trials;
  for (const Check& check : policy.checks) {
    if (!can_be_worse(check)) continue;
    CheckTrial trial;
    trial.check = check.name;
    for (const double times : factors) trial.worse.push_back({times, 0, {}, {}});
    trials.checks.push_back(std::move(trial));
  }
  for (const Placebo& placebo : placebos) {
    const config::Policy shaped = with_sides_of(policy, placebo);
    auto windows = make_windows(shaped);
    if (!windows) return windows.error();
    Trial(shaped, placebo, std::move(*windows), trials).run();
    progress(trials.placebos);
  }
  return trials;
}

}  // namespace davy::app::tune

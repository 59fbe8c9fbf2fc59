#include "judge/sequential/rate_test.hpp"

#include "judge/sequential/log_sum.hpp"
#include "judge/sequential/odd_groups.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace davy::judge {
namespace {

constexpr double cohort_spacing_s = 100;
constexpr double control_chance = 0.05;  // of alpha: what the control rule may cost
// The same when the history shows that members differ, and the power of their number that is normal among
// them.
constexpr double control_chance_of_unlike = 0.0125;
constexpr double usual_of_unlike = 0.5;
constexpr double differ_min = 1.2;
constexpr double usual_of_alike = 2.5;
// While warming up.
constexpr double lenient_ratio = 5;
constexpr double lenient_rate = 10;
constexpr double rate_max = 0.99;
// Reckoned with where the limits have a margin.
constexpr std::size_t margin_groups_min = 10;
// An absolute limit has a margin when it is so far above what the baseline shows. Without one, fewer groups
// than this cannot tell that a canary a little over it is not just another healthy member.
constexpr double margin_ratio = 1.5;
constexpr double margin_delta = 0.005;
constexpr std::size_t groups_to_tell = 8;
// A baseline that is gone cannot guard: the limit then stands alone.
constexpr int ticks_to_waive = 6;
constexpr double heavier_than_group = 1.25;
constexpr double information_to_tell = 10;
constexpr double baseline_over_z = 3;

ControlOptions control_options(const TestOptions& options, std::size_t groups,
                               std::span<const GroupTick> history) {
  ControlOptions out;
  out.groups = std::max<std::size_t>(1, groups);
  out.window = options.window_ticks;
  out.ticks_max = options.ticks_max;
  out.log_threshold = -std::log(options.alpha);
  double history_s = 0;
  for (const GroupTick& tick : history) history_s += tick.length_s;
  if (history_s > 0) {
    const double tick_s = history_s / static_cast<double>(history.size());
    out.spacing = static_cast<std::size_t>(std::max(1.0, std::round(cohort_spacing_s / tick_s)));
  }
  return out;
}

// How much worse a healthy canary may be than very few members by mere difference, which they cannot teach.
double allowance_for(std::size_t groups) {
  constexpr std::array<double, 5> allowances{1, 2, 1.3, 1.15, 1.05};
  return groups < allowances.size() ? allowances[groups] : 1;
}

// Nearly everything fails, and so much of it: no burst among the healthy looks like this, however little is
// known of their bursts. Such a tick may decide alone.
bool is_flood(const Counts& canary) {
  constexpr double share_min = 0.9;
  constexpr double bad_min = 50;
  return canary.bad >= bad_min && canary.bad >= share_min * canary.total;
}
constexpr double uncapped = 1e6;

}  // namespace

RateTest::RateTest(const RateLimits& limits, const TestOptions& options, std::size_t groups,
                   std::span<const GroupTick> history)
    : limits_(limits),
      options_(options),
      left_out_(options.leave_out_odd_groups ? odd_groups(history) : std::vector<std::size_t>{}),
      groups_(groups - left_out_.size()),
      kept_(groups_),
      allowance_(options.trust_margin ? allowance_for(groups_) : 1),
      controls_(control_options(options, groups_, history)) {
  const auto make = [&] { return WeighedTest(options.window_ticks, options.ticks_max); };
  if (limits.ratio) relative_ = make();
  if (limits.delta > 0) delta_ = make();
  if (limits.max) absolute_ = make();
  if (groups_ > 0) guard_ = make();
  if (groups_ > 0 && groups_ < groups_to_tell && limits.max && options.trust_margin) apart_ = make();
  if (groups_ >= 2) {
    const double chance = options.alpha * control_chance;
    strict_ = safeguard_for(groups_, chance);
    forgiving_ = options.trust_margin && groups_ < margin_groups_min
                     ? safeguard_for(margin_groups_min, chance)
                     : strict_;
  }
  for (const GroupTick& tick : history) {
    watch_baseline(tick);
    evidence_.history_s += tick.length_s;
  }
  controls_.deploy();
  if (options.heed_differences && groups_ >= 2)
    heed(difference_of_groups(history, left_out_, controls_.phi()));
  evidence_.groups = groups_;
  evidence_.left_out = left_out_;
}

std::span<const Counts> RateTest::kept(const GroupTick& tick) {
  if (left_out_.empty()) return tick.groups;
  kept_.clear();
  for (std::size_t k = 0; k < tick.groups.size(); ++k)
    if (!std::binary_search(left_out_.begin(), left_out_.end(), k)) kept_.push_back(tick.groups[k]);
  return kept_;
}

// Members that differ are asked for more, members that are alike for less: the controls of the history are
// several cohorts, and the largest of them all is what counts.
void RateTest::heed(double difference) {
  if (difference > differ_min) {
    strict_ = safeguard_for(groups_, options_.alpha * control_chance_of_unlike);
    strict_.groups = std::pow(strict_.groups, usual_of_unlike);
  } else if (difference > 0 && groups_ >= groups_to_tell) {
    strict_.groups *= usual_of_alike;
  }
}

// The baseline's part of a tick; returns it, or nothing where the tick says nothing.
std::optional<Counts> RateTest::watch_baseline(const GroupTick& tick) {
  const std::span<const Counts> groups = kept(tick);
  const Counts baseline = sum_of(groups);
  if (options_.skip_shared_outages && outage_.observe(groups, tick.length_s)) {
    controls_.skip();
    return std::nullopt;
  }
  if (groups.empty())
    controls_.observe(std::array<Counts, 1>{}, tick.length_s);
  else
    controls_.observe(groups, tick.length_s);
  moving_limit_.observe(baseline, tick.length_s, controls_.phi());
  ever_.total += baseline.total;
  ever_.bad += baseline.bad;
  return baseline;
}

void RateTest::observe(const GroupTick& tick) {
  const std::optional<Counts> baseline = watch_baseline(tick);
  ticks_without_baseline_ = baseline && !(baseline->total > 0) ? ticks_without_baseline_ + 1 : 0;
  evidence_.shared_outage = !baseline;
  evidence_.baseline_over_limit = false;
  if (baseline)
    test(tick.canary, *baseline, tick.lenient);
  else
    test(Counts{}, Counts{}, tick.lenient);
  ++age_;
  weigh_evidence();
}

void RateTest::test(const Counts& canary, const Counts& baseline, bool lenient) {
  const double phi = canary_phi(canary, baseline);
  const double cap = options_.believe_floods && is_flood(canary) ? uncapped : controls_.cap();
  Effects log_ratios{};
  const auto push_relative = [&](WeighedTest& test, double ratio) {
    relative_log_ratios(canary, baseline, ratio, log_ratios);
    test.push(log_ratios, canary.bad + baseline.bad, cap, phi);
  };
  const auto push_absolute = [&](WeighedTest& test, const Counts& counts, double limit) {
    absolute_log_ratios(counts, limit, log_ratios);
    test.push(log_ratios, 1 + counts.total * limit, cap, phi);
  };
  const double spread = inflation(canary.bad + baseline.bad, phi);
  const auto absolute_spread = [&](double limit) { return inflation(1 + canary.total * limit, phi); };

  if (guard_) push_relative(*guard_, 1);
  if (apart_) push_relative(*apart_, margin_ratio * allowance_);
  if (guard_) interval_.push(canary, baseline, spread);
  if (relative_) {
    push_relative(*relative_, *limits_.ratio * allowance_ * (lenient ? lenient_ratio : 1));
    inside_ratio_.push_relative(canary, baseline, *limits_.ratio, spread);
  }
  if (delta_) {
    push_absolute(*delta_, canary, moving_limit_.upper(limits_.delta * (lenient ? lenient_rate : 1)));
    const double limit = std::min(rate_max, moving_limit_.lower(limits_.delta));
    inside_delta_.push_absolute(canary, limit, absolute_spread(limit));
  }
  if (absolute_) {
    const double limit = std::min(rate_max, *limits_.max * (lenient ? lenient_rate : 1));
    const double usual = limit * baseline.total;
    evidence_.baseline_over_limit =
        (baseline.bad - usual) > baseline_over_z * std::sqrt(controls_.phi() * usual * (1 - limit));
    push_absolute(*absolute_, evidence_.baseline_over_limit ? Counts{} : canary, limit);
    inside_max_.push_absolute(canary, *limits_.max, absolute_spread(*limits_.max));
  }
}

// A canary with more traffic than a group shows more of what makes instances differ.
double RateTest::canary_phi(const Counts& canary, const Counts& baseline) {
  canary_sum_ += canary.total;
  baseline_sum_ += baseline.total;
  const double group = baseline_sum_ / static_cast<double>(std::max<std::size_t>(1, groups_));
  if (!(group > 0) || canary_sum_ <= heavier_than_group * group) return controls_.phi();
  return step_up(1 + (controls_.phi() - 1) * canary_sum_ / group);
}

// The shared-shock guard of the absolute limit: the canary must also be worse than the baseline, and by
// more than members differ.
double RateTest::guard_of_absolute() const {
  const double threshold = -std::log(options_.alpha);
  // Few groups may all be lucky for two minutes.
  const double ever = apart_ && ever_.total > 0 ? ever_.bad / ever_.total : 0;
  const double usual = std::max(moving_limit_.rate(), ever);
  const bool margin = *limits_.max >= margin_ratio * usual && *limits_.max >= usual + margin_delta;
  if (margin) return guard_->log_value() * threshold / controls_.need(age_ - 1, forgiving_);
  if (apart_) return apart_->log_value() * threshold / controls_.need(age_ - 1, forgiving_);
  return guard_->log_value() * threshold / controls_.need(age_ - 1, strict_);
}

void RateTest::weigh_evidence() {
  evidence_.need = controls_.need(age_ - 1, options_.margin ? forgiving_ : strict_);
  const double scale = this->scale();
  evidence_.phi = controls_.phi();
  evidence_.phi_learned = groups_ >= 2 && controls_.information() >= information_to_tell;
  evidence_.control_largest = controls_.largest(age_ - 1);
  evidence_.ratio = guard_ ? std::optional(interval_.interval(1 / scale)) : std::nullopt;

  evidence_.log_inside.reset();
  const auto inside = [&](double log) {
    log *= scale;
    evidence_.log_inside = evidence_.log_inside ? std::min(*evidence_.log_inside, log) : log;
  };
  if (relative_ || delta_) {
    double log = relative_ ? relative_->log_value() * scale : guard_ ? guard_->log_value() * scale : 0;
    if (delta_) log = std::min(log, delta_->log_value());
    evidence_.log_relative = log;
    inside(relative_ && delta_ ? log_mean(inside_ratio_.log_value(), inside_delta_.log_value())
           : relative_         ? inside_ratio_.log_value()
                               : inside_delta_.log_value());
  }
  if (absolute_) {
    const double log = absolute_->log_value();
    const bool guarded = guard_ && ticks_without_baseline_ < ticks_to_waive;
    evidence_.log_absolute = guarded ? std::min(log, guard_of_absolute()) : log;
    inside(inside_max_.log_value());
  }
  if (evidence_.log_relative && evidence_.log_absolute)
    evidence_.log_evidence = log_mean(*evidence_.log_relative, *evidence_.log_absolute);
  else
    evidence_.log_evidence = evidence_.log_relative ? *evidence_.log_relative : *evidence_.log_absolute;
  evidence_.log_evidence_max = std::max(evidence_.log_evidence_max, evidence_.log_evidence);
}

}  // namespace davy::judge
